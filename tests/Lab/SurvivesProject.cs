using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Infra.Cli.Project;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>A project on disk whose stacks are brought up by processes of their own, as people do it.</summary>
internal sealed class SurvivesProject : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("infra-lab-project-").FullName;
    private readonly List<string> _stacks = [];

    public SurvivesProject()
    {
        Assert.True(Environment.IsPrivilegedProcess, "the lab needs root: sudo ./infra test lab");
        File.Copy(Path.Combine(PulumiProject.Find(AppContext.BaseDirectory).Folder, "Pulumi.yaml"), Path.Combine(_folder, "Pulumi.yaml"));
    }

    public string Folder => _folder;

    /// <summary>Writes a stack's file, new or again.</summary>
    public void Write(string stack, IReadOnlyDictionary<string, string> config)
    {
        // JSON is YAML.
        var values = config.Select(setting => KeyValuePair.Create(
            $"inference:{setting.Key}", setting.Value[0] is '{' or '[' ? JsonNode.Parse(setting.Value) : JsonValue.Create(setting.Value)));
        File.WriteAllText(Path.Combine(_folder, $"Pulumi.{stack}.yaml"),
            new JsonObject { ["config"] = new JsonObject(values) }.ToJsonString());
        if (!_stacks.Contains(stack))
        {
            _stacks.Add(stack);
        }
    }

    public LabStack LabStack(string stack) => Infra.Lab.Stacks.LabStack.Of(PulumiProject.Find(_folder), stack);

    /// <summary>Starts the command line's program in the project's folder.</summary>
    public SurvivesCommand Start(params string[] arguments) => new(_folder, arguments, []);

    /// <summary>The same with further variables in its environment.</summary>
    public SurvivesCommand StartWith(IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        new(_folder, arguments, variables);

    public async ValueTask DisposeAsync()
    {
        foreach (var stack in _stacks)
        {
            await LabStack(stack).DownAsync(static _ => { }, CancellationToken.None);
        }

        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A command that runs.</summary>
internal sealed class SurvivesCommand : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    // The umask of root where a hardening guide was followed: what is made for servers and their accounts must not depend on it.
    // The interrupt is not ignored, as it is in a background job: a program that starts with it ignored never sees it.
    private const string Hardened = "umask 077 && exec env --default-signal=INT \"$@\"";

    public SurvivesCommand(string folder, string[] arguments, IEnumerable<KeyValuePair<string, string>> variables)
    {
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", Hardened, "-", HostProgram.Dotnet, typeof(Sandbox).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Print(line.Data);
        _process.ErrorDataReceived += (_, line) => Print(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Standard output and error as they came.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Waits for its end and gives its status.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Kills it as the kernel would, without any notice.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as Ctrl+C does.</summary>
    public async Task<int> InterruptAsync()
    {
        await HostProgram.RunAsync("kill", ["-INT", $"{_process.Id}"]);
        return await EndAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Print(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
