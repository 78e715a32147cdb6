using System.Text.Json;
using Infra.Components.Catalog;
using Infra.Components.Node;
using Infra.Tests.Deployments;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Lab.Engine;

/// <summary>The stand-in's data: well formed, and knowing every flag and route that this project counts on.</summary>
public sealed class EngineDataTests
{
    private static readonly string[] Kinds = ["append", "bool", "choice", "float", "int", "json", "length", "list", "size", "str", "switch"];

    private static readonly string[] GuardedPrefixes = ["/v1", "/v2", "/inference", "/cohere"];

    [Fact]
    public void Flags_have_one_name_each_a_known_kind_and_a_default_among_their_choices()
    {
        var names = new List<string>();
        foreach (var flag in Data("flags.json", "flags"))
        {
            names.Add(flag.GetProperty("name").GetString()!);
            names.AddRange(flag.TryGetProperty("aliases", out var aliases) ? aliases.EnumerateArray().Select(alias => alias.GetString()!) : []);
            Assert.Contains(flag.GetProperty("kind").GetString(), Kinds);
            var standard = flag.GetProperty("default");
            if (flag.TryGetProperty("choices", out var choices) && standard.ValueKind != JsonValueKind.Null)
            {
                Assert.Contains(standard.ToString(), choices.EnumerateArray().Select(choice => choice.ToString()));
            }
        }

        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_flag_that_the_catalog_and_the_node_pass_is_known()
    {
        var known = Data("flags.json", "flags").Select(flag => flag.GetProperty("name").GetString()!).ToHashSet(StringComparer.Ordinal);
        var passed = ModelCatalog.Load().Models.Values.SelectMany(model => model.Flags).Concat(VllmArguments.For(NodeSamples.Settings()))
            .Where(word => word.StartsWith("--", StringComparison.Ordinal))
            .Select(word => word.Split('=', '.')[0].Replace('_', '-'));
        Assert.All(passed, word => Assert.Contains(word, known));
    }

    [Fact]
    public void The_key_guards_the_routes_below_the_prefixes_of_vllm()
    {
        foreach (var route in Data("routes.json", "routes"))
        {
            var path = route.GetProperty("path").GetString()!;
            var below = GuardedPrefixes.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal));
            Assert.Equal(below, route.TryGetProperty("guarded", out _));
        }
    }

    [Theory]
    [InlineData("flags.json")]
    [InlineData("routes.json")]
    public void The_data_says_where_it_is_from(string file)
    {
        using var data = JsonDocument.Parse(File.ReadAllText(PathOf(file)));
        var about = data.RootElement.GetProperty("about");
        Assert.Equal("0.31.0", about.GetProperty("version").GetString());
        Assert.NotEqual(0, about.GetProperty("sources").GetArrayLength());
    }

    private static string PathOf(string file) => Path.Combine(StackFiles.Root, "lab", "Engine", "vllm", file);

    private static List<JsonElement> Data(string file, string member) =>
        [.. JsonDocument.Parse(File.ReadAllText(PathOf(file))).RootElement.GetProperty(member).EnumerateArray()];
}
