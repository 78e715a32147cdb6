using System.Text.Json;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;
using Infra.Tests.Deployments;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Lab.Vllm;

/// <summary>The fake engine's data: well formed, and knowing every flag and route that this project counts on.</summary>
public sealed class EngineDataTests
{
    private static readonly string[] Kinds =
        ["append", "bool", "choice", "float", "int", "json", "length", "list", "size", "str", "switch"];

    private static readonly string[] GuardedPrefixes = ["/v1", "/v2", "/inference", "/cohere"];

    [Fact]
    public void Flags_have_one_name_each_a_known_kind_and_a_default_among_their_choices()
    {
        var names = new List<string>();
        foreach (var flag in Data("flags.json", "flags"))
        {
            names.Add(flag.GetProperty("name").GetString()!);
            names.AddRange(flag.TryGetProperty("aliases", out var aliases)
                ? aliases.EnumerateArray().Select(alias => alias.GetString()!)
                : []);
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
        var passed = ModelCatalog.Load().Models.Values.SelectMany(model => model.Flags).Concat(VllmArguments.For(NodeSamples.Plan()))
            .Where(word => word.StartsWith("--", StringComparison.Ordinal))
            .Select(word => word.Split('=', '.')[0].Replace('_', '-'));
        Assert.All(passed, word => Assert.Contains(word, known));
    }

    /// <summary>Of v0.31.0, as a public list of what it changed counts them; and what an attacker missed.</summary>
    [Fact]
    public void The_lists_are_those_of_the_pinned_version()
    {
        using var flags = JsonDocument.Parse(File.ReadAllText(PathOf("flags.json")));
        var values = flags.RootElement.GetProperty("values");
        Assert.Equal((51, 35), (Names(values.GetProperty("tool-call-parser")), Names(values.GetProperty("reasoning-parser"))));
        var named = Data("flags.json", "flags").Select(flag => flag.GetProperty("name").GetString()).ToList();
        string[] flagsMissed = ["--log-level", "--logging-config", "--max-lora-cls-labels", "--allowed-media-domains"];
        Assert.All(flagsMissed, flag => Assert.Contains(flag, named));
        var paths = Data("routes.json", "routes").Select(route => route.GetProperty("path").GetString()).ToList();
        string[] routesMissed = ["/release_kv_cache_memory", "/fault_tolerance/apply", "/fault_tolerance/status", "/cohere/v2/chat"];
        Assert.All(routesMissed, route => Assert.Contains(route, paths));

        static int Names(JsonElement list) => list.EnumerateArray().Select(name => name.GetString()).Distinct().Count();
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
    public void The_data_names_its_source(string file)
    {
        using var data = JsonDocument.Parse(File.ReadAllText(PathOf(file)));
        var about = data.RootElement.GetProperty("about");
        Assert.Equal("0.31.0", about.GetProperty("version").GetString());
        Assert.NotEqual(0, about.GetProperty("sources").GetArrayLength());
    }

    private static string PathOf(string file) => Path.Combine(StackFiles.Root, "lab", "Vllm", "vllm", file);

    private static List<JsonElement> Data(string file, string member) =>
        [.. JsonDocument.Parse(File.ReadAllText(PathOf(file))).RootElement.GetProperty(member).EnumerateArray()];
}
