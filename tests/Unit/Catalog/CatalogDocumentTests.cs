using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Catalog;

public sealed partial class CatalogDocumentTests
{
    private static readonly string Docs = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs");

    [Fact]
    public void The_schema_is_in_step_with_the_records()
    {
        var path = Path.Combine(Docs, "catalog.schema.json");
        var schema = CatalogSchema.Generate();
        if (Environment.GetEnvironmentVariable("GOLDEN_ACCEPT") == "1")
        {
            File.WriteAllText(path, schema);
        }

        Assert.Equal(File.ReadAllText(path), schema);
    }

    [Fact]
    public void Every_pattern_of_the_schema_is_one_that_editors_understand()
    {
        // .NET alone knows \z, (?i) and the like.
        var patterns = Descend(JsonNode.Parse(CatalogSchema.Generate())!).Where(node => node.Name == "pattern")
            .Select(node => node.Value.GetValue<string>()).Distinct().ToArray();
        Assert.NotEmpty(patterns);
        Assert.All(patterns, pattern => _ = new Regex(pattern, RegexOptions.ECMAScript));
    }

    [Fact]
    public void Every_example_of_the_document_loads()
    {
        var examples = JsonBlock().Matches(File.ReadAllText(Path.Combine(Docs, "catalog.md"))).Select(block => block.Groups[1].Value)
            .ToArray();
        Assert.True(examples.Length >= 5);
        Assert.All(examples, example => ModelCatalog.Load().Add(Encoding.UTF8.GetBytes(example), "docs/catalog.md"));
    }

    [Fact]
    public void The_full_example_adds_what_the_document_describes()
    {
        var catalog = ModelCatalog.Load(Path.Combine(Docs, "catalog.example.json"));
        Assert.Equal("acme/support-ministral", catalog.Model("acme/support-ministral", "model").Id);
        Assert.Equal(23.56, catalog.GpuOf(catalog.Size("desk-3090", "size")).VisibleGiB);
        Assert.Equal(WeightFormula.Bytes(catalog.Models["Qwen/Qwen3-14B-AWQ"].Architecture, Precision.Int4),
            catalog.Models["Qwen/Qwen3-14B-AWQ"].WeightBytes);
        Assert.Equal(21.50m, catalog.Sizes["gpu-h200x8-1128gb-contracted"].UsdPerHour);
    }

    private static IEnumerable<(string Name, JsonNode Value)> Descend(JsonNode node) => node switch
    {
        JsonObject members => members.Where(member => member.Value is not null)
            .SelectMany(member => Descend(member.Value!).Prepend((member.Key, member.Value!))),
        JsonArray items => items.Where(item => item is not null).SelectMany(item => Descend(item!)),
        _ => [],
    };

    private static string Here([CallerFilePath] string here = "") => here;

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
