using System.Text.Json;
using Infra.Tests.Deployments;

namespace Infra.Tests.Node;

/// <summary><c>lab/Vllm/compare</c>: what moved in vLLM's source since the fake engine's lists were made.</summary>
public sealed class EngineCompareTests : IDisposable
{
    private readonly DirectoryInfo _checkout = Directory.CreateTempSubdirectory("vllm-");

    public void Dispose() => _checkout.Delete(recursive: true);

    [Fact]
    public async Task A_source_that_has_what_the_lists_have_differs_in_nothing()
    {
        Write();
        Assert.Equal((0, ""), await CompareAsync());
    }

    [Fact]
    public async Task Added_and_removed_names_are_reported()
    {
        Write(route: "/v1/new", flag: "--brand-new", parser: "newest", without: "/pause");
        var (status, reported) = await CompareAsync();
        Assert.Equal(1, status);
        Assert.Equal("routes + POST /v1/new\nroutes - POST /pause\nflags + --brand-new\nparsers + tool-call-parser newest\n", reported);
    }

    [Fact]
    public async Task A_source_that_has_moved_is_not_taken_for_one_without_routes()
    {
        Directory.CreateDirectory(Path.Combine(_checkout.FullName, "vllm"));
        var (status, reported) = await CompareAsync();
        Assert.Equal(1, status);
        Assert.Contains("routes: none found", reported, StringComparison.Ordinal);
    }

    /// <summary>A source of the forms that vLLM's has, with all that is in the lists.</summary>
    private void Write(string? route = null, string? flag = null, string? parser = null, string? without = null)
    {
        using var routes = JsonDocument.Parse(File.ReadAllText(Path.Combine(FakeVllm.Package, "vllm", "routes.json")));
        using var flags = JsonDocument.Parse(File.ReadAllText(Path.Combine(FakeVllm.Package, "vllm", "flags.json")));
        var written = routes.RootElement.GetProperty("routes").EnumerateArray().Where(one => one.GetProperty("path").GetString() != without)
            .SelectMany(one => Texts(one.GetProperty("methods")),
                (one, method) => (Path: one.GetProperty("path").GetString(), Method: method));
        Write("entrypoints/serve/api_router.py", written
            .Select(one => $"@router.{one.Method.ToLowerInvariant()}(\"{one.Path}\")\nasync def f(): ...\n")
            .Append(route is null ? "" : $"@router.api_route(\"{route}\", methods=[\"POST\"])\ndef g(): ...\n"));
        var names = flags.RootElement.GetProperty("flags").EnumerateArray()
            .SelectMany(one => (string[])
                [one.GetProperty("name").GetString()!, .. one.TryGetProperty("aliases", out var more) ? Texts(more) : []])
            .ToLookup(name => name is "--host" or "--uds");
        Write("engine/arg_utils.py", names[false].Append(flag ?? "-x").Select(name => $"group.add_argument(\"{name}\", **kwargs)\n"));
        Write("entrypoints/openai/cli_args.py", names[true].Select(name => $"    {name[2..]}: str\n").Prepend("class FrontendArgs:\n"));
        WriteParsers("tool_parsers", "_TOOL_PARSERS_TO_REGISTER",
            [.. Texts(flags, "tool-call-parser"), .. parser is null ? (string[])[] : [parser]]);
        WriteParsers("reasoning", "_REASONING_PARSERS_TO_REGISTER", Texts(flags, "reasoning-parser"));
    }

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(one => one.GetString()!);

    private static IEnumerable<string> Texts(JsonDocument flags, string kind) =>
        Texts(flags.RootElement.GetProperty("values").GetProperty(kind));

    private void WriteParsers(string folder, string table, IEnumerable<string> names) =>
        Write($"{folder}/__init__.py",
            names.Select(name => $"    \"{name}\": (\"file\", \"Class\"),\n").Prepend($"{table} = {{\n").Append("}\n"));

    private void Write(string path, IEnumerable<string> lines)
    {
        var file = Path.Combine(_checkout.FullName, "vllm", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, string.Concat(lines));
    }

    private async Task<(int Status, string Reported)> CompareAsync()
    {
        var result = await Tool.RunAsync(Path.Combine(StackFiles.Root, "lab", "Vllm", "compare"), _checkout.FullName);
        return (result.ExitCode, result.All);
    }
}
