using Infra.Node;

namespace Infra.Tests.Node;

/// <summary>Every script, unit and configuration file is accepted by the program that will read it.</summary>
public sealed class LintTests
{
    private const string Libexec = "/usr/local/libexec/inference/";

    /// <summary>Scripts that a linter gets through in time on a busy machine.</summary>
    private const int AtOnce = 8;

    private static readonly string[] s_bash = [.. Scripts(file => file.Content.StartsWith("#!/bin/bash", StringComparison.Ordinal)
        || file.Path.EndsWith(".bash", StringComparison.Ordinal))];

    private static readonly string[] s_python =
        [.. Scripts(file => file.Content.StartsWith("#!/usr/bin/python3", StringComparison.Ordinal))];

    [Fact]
    public void Every_file_under_libexec_is_a_bash_or_python_script() =>
        Assert.Equal(NodeFiles.All.Count(file => file.Path.StartsWith(Libexec, StringComparison.Ordinal)), s_bash.Length + s_python.Length);

    [Fact]
    public Task Shellcheck_finds_nothing() => FindsNothingAsync(s_bash, node =>
        ["shellcheck", "--severity=style", "--external-sources", $"--source-path={node.At(Libexec)}"]);

    [Fact]
    public Task Shfmt_would_change_nothing() => FindsNothingAsync(s_bash, static _ => ["shfmt", "-d", "-i", "2", "-ci", "-bn", "-sr"]);

    [Fact]
    public Task Python_compiles_without_a_warning() => FindsNothingAsync(s_python, static _ =>
        ["python3", "-W", "error", "-c", "import sys\nfor p in sys.argv[1:]: compile(open(p).read(), p, 'exec')"]);

    [Theory]
    [InlineData("container")]
    [InlineData("venv")]
    public async Task Cloud_init_accepts_the_user_data(string install)
    {
        using var node = new StagedNode();
        var environment = NodeSamples.Environment(install == "venv"
            ? Infra.Planning.Catalog.EngineInstall.Venv
            : Infra.Planning.Catalog.EngineInstall.Container);
        node.Write("/user-data", CloudConfig.Render(NodeSamples.Inputs(environment)));
        var result = await Tool.RunAsync("cloud-init", "schema", "--config-file", node.At("/user-data"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.DoesNotContain("eprecat", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_archive_unpacks_to_the_node_files()
    {
        using var node = new StagedNode();
        using var config = System.Text.Json.JsonDocument.Parse(CloudConfig.Render(NodeSamples.Inputs())["#cloud-config\n".Length..]);
        var entry = config.RootElement.GetProperty("write_files").EnumerateArray()
            .Single(file => file.GetProperty("path").GetString() == CloudConfig.ArchivePath);
        File.WriteAllBytes(node.At("/archive"), Convert.FromBase64String(entry.GetProperty("content").GetString()!));
        Directory.CreateDirectory(node.At("/out"));
        var result = await Tool.RunAsync(
            "sh", "-c", CloudConfig.Unpack.Replace(CloudConfig.ArchivePath, node.At("/archive"), StringComparison.Ordinal)
                .Replace("\"/\"", $"\"{node.At("/out")}\"", StringComparison.Ordinal));
        Assert.True(result.ExitCode == 0 && result.All.Length == 0, result.All);
        Assert.All(NodeFiles.All, file =>
        {
            Assert.Equal(NodeArchive.WithoutComments(file.Content), node.Read("/out" + file.Path));
            Assert.Equal((UnixFileMode)Convert.ToInt32(file.Mode, 8), File.GetUnixFileMode(node.At("/out" + file.Path)));
        });
    }

    [Fact]
    public async Task A_script_means_the_same_without_its_comments()
    {
        using var node = new StagedNode();
        foreach (var file in NodeFiles.All.Where(file => file.Path.StartsWith(Libexec, StringComparison.Ordinal)))
        {
            node.Write($"/with/{Path.GetFileName(file.Path)}", file.Content);
            node.Write($"/without/{Path.GetFileName(file.Path)}", NodeArchive.WithoutComments(file.Content));
        }

        // Python compares syntax trees; bash prints each script as it understood it, as a function.
        var result = await Tool.RunAsync("bash", "-c", """
            cd "$1"
            tree='import ast, sys; print(ast.dump(ast.parse(open(sys.argv[1]).read())))'
            shape() {
              if [[ $(head -n 1 "$1") == *python3 ]]; then /usr/bin/python3 -c "$tree" "$1"; else eval "shape_of() { $(cat "$1")"$'\n'"}" && declare -f shape_of; fi
            }
            for script in with/*; do
              a=$(shape "$script") && b=$(shape "without/${script##*/}") && [[ -n $a && $a == "$b" ]] || echo "${script##*/}"
            done
            """, "-", node.Root);
        Assert.Equal("", result.All);
    }

    private static async Task FindsNothingAsync(string[] scripts, Func<StagedNode, string[]> command)
    {
        using var node = new StagedNode();
        var words = command(node);
        foreach (var some in scripts.Chunk(AtOnce))
        {
            var result = await Tool.RunAsync(words[0], [.. words[1..], .. some.Select(script => node.At(Libexec + script))]);
            Assert.True(result.ExitCode == 0, result.All);
        }
    }

    private static IEnumerable<string> Scripts(Func<NodeFile, bool> which) =>
        NodeFiles.All.Where(file => file.Path.StartsWith(Libexec, StringComparison.Ordinal) && which(file))
            .Select(file => file.Path[Libexec.Length..]);
}
