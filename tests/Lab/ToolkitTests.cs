using Infra.Lab.Host;
using Infra.Lab.Linux;

namespace Infra.Tests.Lab;

/// <summary>
/// The fakes of NVIDIA's toolkit write and refuse what the real ones do: else a server that serves with them proves nothing.
/// </summary>
public sealed class ToolkitTests
{
    private const string New = "nvidia-toolkit-1.19.1";
    private const string Old = "nvidia-toolkit-1.17.8";
    private const string Flag = "no-additional-gids-for-device-nodes";
    private const string Variable = "NVIDIA_CTK_CDI_GENERATE_FEATURE_FLAGS";

    /// <summary>A machine with one card, whose graphics nodes are not everyone's.</summary>
    private const string OnAMachineWithACard = """
        import builtins, io, os, runpy, sys
        sys.dont_write_bytecode = True
        sys.path.append(sys.argv[1])
        script, sys.argv = sys.argv[2], ["nvidia-ctk", *sys.argv[3:]]
        class Node:
            def __init__(self, group, mode):
                self.st_gid, self.st_mode, self.st_rdev = group, mode, os.makedev(195, 0)
        nodes = {"/dev/nvidia0": Node(0, 0o666), "/dev/nvidiactl": Node(0, 0o666), "/dev/nvidia-uvm": Node(0, 0o666), "/dev/dri/card0": Node(44, 0o660), "/dev/dri/renderD128": Node(104, 0o660)}
        exists, stat, open_file = os.path.exists, os.stat, builtins.open
        os.path.exists = lambda path: path in nodes if str(path).startswith("/dev/") else exists(path)
        os.stat = lambda path, *more, **named: nodes[path] if path in nodes else stat(path, *more, **named)
        builtins.open = lambda path, *more, **named: io.StringIO('{"count": 1, "driver": "580.173.02"}') if path == "/usr/lib/lab-machine/gpu.json" else open_file(path, *more, **named)
        runpy.run_path(script, run_name="__main__")
        """;

    [Theory]
    [InlineData(New, "", "", "0.7.0", true)]
    [InlineData(New, "", "--feature-flag=" + Flag, "0.5.0", false)]
    [InlineData(New, "", "--feature-flags " + Flag, "0.5.0", false)]
    [InlineData(New, Flag, "", "0.5.0", false)]
    [InlineData(New, "disable-ipc-discoverer," + Flag, "", "0.5.0", false)]
    [InlineData(New, "", "--class=gpu.own", "0.7.0", true)]
    [InlineData(New, Flag, "--class=gpu.own", "0.6.0", false)]
    [InlineData(Old, Flag, "", "0.5.0", false)]
    public async Task The_version_of_a_specification_follows_from_what_is_in_it(string toolkit, string flags, string options,
        string version, bool groups)
    {
        var answer = await GenerateAsync(toolkit, flags, options);
        Assert.True(answer.Status == 0, answer.Errors);
        Assert.StartsWith($"---\ncdiVersion: {version}\nkind: nvidia.com/", answer.Output, StringComparison.Ordinal);
        Assert.Equal(groups, answer.Output.Contains("additionalGids", StringComparison.Ordinal));
        Assert.Contains("/dev/dri/renderD128", answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Old, "--feature-flag=" + Flag, "flag provided but not defined: -feature-flag")]
    [InlineData(New, "--no-such-option", "flag provided but not defined: -no-such-option")]
    [InlineData(New, "--format=xml", "invalid output format: xml")]
    [InlineData(New, "--mode=fast", "invalid discovery mode: fast")]
    [InlineData(New, "--vendor=1st.example", "invalid CDI vendor name")]
    public async Task What_the_toolkit_does_not_know_ends_in_its_words_and_status_1(string toolkit, string options, string words)
    {
        var answer = await GenerateAsync(toolkit, "", options);
        Assert.Equal(1, answer.Status);
        Assert.Contains(words, answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_specification_of_another_vendor_and_form_has_all_devices_under_its_name()
    {
        var answer = await GenerateAsync(New, Flag, "--vendor=inference.local --class=gpu --format=json");
        var specification = System.Text.Json.Nodes.JsonNode.Parse(answer.Output)!;
        Assert.Equal("inference.local/gpu", (string?)specification["kind"]);
        Assert.Equal(["0", "GPU-00000000-0000-0000-0000-000000000000", "all"],
            specification["devices"]!.AsArray().Select(device => (string?)device!["name"]));
        Assert.All(specification["containerEdits"]!["hooks"]!.AsArray(),
            hook => Assert.Equal("createContainer", (string?)hook!["hookName"]));
    }

    private static Task<ProgramAnswer> GenerateAsync(string toolkit, string flags, string options)
    {
        var parts = Path.Combine(LabFacts.ImageFolder, "parts");
        return HostProgram.AskAsync(
            "env",
            [
                $"{Variable}={flags}", "python3", "-c", OnAMachineWithACard,
                Path.Combine(parts, "nvidia-toolkit", "usr", "lib", "lab-machine"),
                Path.Combine(parts, toolkit, "usr", "bin", "nvidia-ctk"), "--quiet", "cdi", "generate",
                .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ],
            cancel: TestContext.Current.CancellationToken);
    }
}
