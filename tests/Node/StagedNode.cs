using Infra.Node;

namespace Infra.Tests.Node;

/// <summary>
/// The node files in a folder of their own, at the paths and modes that user data carries, with programs to stand in for the machine's.
/// </summary>
internal sealed class StagedNode : IDisposable
{
    private static readonly string Sample = NodeSamples.Environment();

    public StagedNode()
    {
        Root = Directory.CreateTempSubdirectory("node-").FullName;
        foreach (var file in NodeFiles.All)
        {
            Write(file.Path, file.Content, (UnixFileMode)Convert.ToInt32(file.Mode, 8));
        }

        Write(NodeEnvironment.Path, Sample);
        Directory.CreateDirectory(At("/etc/inference/secrets"));
        Directory.CreateDirectory(At("/var/lib/inference"));
        Directory.CreateDirectory(At("/stubs"));
        // A fake systemctl records the calls of the scripts.
        Stub("systemctl",
            "echo \"systemctl $*\" >> \"$INFERENCE_ROOT/called\"\ncase $1 in is-active | is-failed | is-enabled) exit "
                + "\"${STUB_STATUS:-1}\" ;; esac");
        Stub("sleep", ":");
        // A power cut is not what is tried; it takes most of the time.
        Stub("sync", ":");
    }

    public string Root { get; }

    public string At(string path) => Root + path;

    public string Read(string path) => File.ReadAllText(At(path));

    /// <summary>The calls of systemctl so far, one a line.</summary>
    public string Called => File.Exists(At("/called")) ? Read("/called") : "";

    public void Write(string path, string content,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), content);
        File.SetUnixFileMode(At(path), mode);
    }

    /// <summary>A program that scripts find before the machine's own.</summary>
    public void Stub(string name, string body) =>
        Write($"/stubs/{name}", $"#!/bin/bash\n{body}\n", (UnixFileMode)Convert.ToInt32("755", 8));

    /// <summary>Runs a script of libexec here, with the values of node.env as systemd would give them.</summary>
    public Task<ToolResult> RunAsync(string script, string? input = null, params (string Name, string Value)[] environment) =>
        RunAsync(script, [], input, environment);

    public Task<ToolResult> RunAsync(string script, IEnumerable<string> arguments, string? input,
        params (string Name, string Value)[] environment) =>
        Tool.RunAsync(At($"/usr/local/libexec/inference/{script}"), arguments, input, Values(environment));

    /// <summary>Runs a command that runs a script of libexec, with the same values.</summary>
    /// <param name="script">Its name.</param>
    /// <param name="around">Gives the command's words for the script's path.</param>
    public Task<ToolResult> RunAsync(string script, Func<string, string[]> around) => RunInsideAsync(script, around, []);

    /// <summary>The same with some values other than the sample's.</summary>
    public Task<ToolResult> RunInsideAsync(string script, Func<string, string[]> around, (string Name, string Value)[] environment)
    {
        var words = around(At($"/usr/local/libexec/inference/{script}"));
        return Tool.RunAsync(words[0], words[1..], null, Values(environment));
    }

    private Dictionary<string, string> Values((string Name, string Value)[] environment)
    {
        var values = Read(NodeEnvironment.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        values["INFERENCE_ROOT"] = Root;
        // No one answers there: a script that fails asks the hub for the time, and no test asks the internet.
        values["MODEL_HUB"] = "http://127.0.0.1:9";
        values["PATH"] = $"{At("/stubs")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        foreach (var (name, value) in environment)
        {
            values[name] = value;
        }

        return values;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
