using System.Diagnostics;
using System.Text.Json;
using Infra.Tests.Deployments;

namespace Infra.Tests.Node;

/// <summary>
/// The scripts of <c>live/</c> in a folder of their own, with <c>tests/Node/live</c> in place of Pulumi, curl, ssh and the clock:
/// programs, and functions that each bash reads. The cloud is a folder: the files in <c>droplets</c> are billed.
/// </summary>
internal sealed class LiveStage : IDisposable
{
    public const string Token = "dop_v1_5ecre75ecre75ecre75ecre7";
    public const string ClientKey = "client-key-of-the-run";
    public const string OperatorAddress = "203.0.113.9";
    public const string SshKey = "b3BlcmF0b3I=";

    private readonly string _root = Directory.CreateTempSubdirectory("live-").FullName;

    public LiveStage()
    {
        Copy(Path.Combine(StackFiles.Root, "live"), Path.Combine(_root, "project", "live"));
        Copy(Path.Combine(StackFiles.Root, "tests", "Node", "live"), Path.Combine(_root, "stubs"));
        File.Copy(Path.Combine(_root, "stubs", "infra"), Path.Combine(_root, "project", "infra"));
        Put("clock", "1800000000\n");
        Put("cli", "v3.259.0\n");
        Put("node", "Ubuntu 24.04.3 LTS\nnvidia-ctk: 1.19.1\napt-get update: 0\n");
        Put("completion", "200 0.3 1400.5 5000 0\n");
        Put("sizes/small", """{"slug": "gpu-4000adax1-20gb", "available": true, "regions": ["tor1"]}""");
        Put("tags/inference-run-live", """{"name": "inference-run-live"}""");
    }

    /// <summary>Every call so far, with its arguments, one a line.</summary>
    public string Calls => Exists("calls") ? File.ReadAllText(InCloud("calls")) : "";

    public string ReportFolder => Path.Combine(_root, "project", ".live", "live", "report");

    /// <summary>Files that a run keeps only while something may still cost money.</summary>
    public bool KeepsState => Directory.Exists(Path.Combine(_root, "project", ".live", "live", "state"))
        || File.Exists(Path.Combine(_root, "project", "Pulumi.live.yaml"));

    public string InCloud(string path) => Path.Combine(_root, "cloud", path);

    public bool Exists(string path) => File.Exists(InCloud(path));

    public void Put(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InCloud(path))!);
        File.WriteAllText(InCloud(path), content);
    }

    public void PutDroplet(string id, string createdAt, params string[] tags) =>
        Put($"droplets/{id}", JsonSerializer.Serialize(
            new { id = int.Parse(id, System.Globalization.CultureInfo.InvariantCulture), created_at = createdAt, tags }));

    public JsonElement Report() => JsonDocument.Parse(File.ReadAllText(Path.Combine(ReportFolder, "report.json"))).RootElement;

    /// <summary>An answer of the report, by its id.</summary>
    public JsonElement Answer(string id) =>
        Report().GetProperty("answers").EnumerateArray().Last(answer => answer.GetProperty("id").GetString() == id);

    public Task<ToolResult> RunAsync(params (string Name, string Value)[] environment) => RunAsync("run", [], environment);

    public Task<ToolResult> RunAsync(string script, string[] arguments, params (string Name, string Value)[] environment) =>
        EndAsync(Tool.Start(Script(script), arguments, Values(environment)));

    /// <summary>
    /// The output of a run, once it has ended. A whole run starts some hundred programs: on a busy machine that takes its time.
    /// </summary>
    public static async Task<ToolResult> EndAsync(Process process)
    {
        using (process)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            try
            {
                await process.WaitForExitAsync(limit.Token);
                return new ToolResult(process.ExitCode, await output, await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException("the run did not end in 5 minutes");
            }
        }
    }

    /// <summary>A run that the caller ends, once Pulumi is in the middle of its work.</summary>
    public async Task<Process> StartAndAwaitPulumiAsync()
    {
        foreach (var pipe in new[] { "under-way", "never" })
        {
            Assert.Equal(0, (await Tool.RunAsync("mkfifo", InCloud(pipe))).ExitCode);
        }

        // A script cannot reset signals that this process ignores, for example under nohup or after a shell's &.
        var process = Tool.Start("env", ["--default-signal=HUP,INT,QUIT,TERM,PIPE", Script("run")], Values([]));
        using var reader = new StreamReader(InCloud("under-way"));
        Assert.Equal("up", await reader.ReadLineAsync());
        File.Delete(InCloud("under-way"));
        return process;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Script(string name) => Path.Combine(_root, "project", "live", name);

    private Dictionary<string, string> Values((string Name, string Value)[] environment)
    {
        var values = new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.Combine(_root, "stubs")}:/usr/local/bin:/usr/bin:/bin",
            ["BASH_ENV"] = Path.Combine(_root, "stubs", "functions.bash"),
            ["CLOUD"] = Path.Combine(_root, "cloud"),
            ["TOKEN"] = Token,
            ["DIGITALOCEAN_TOKEN"] = Token,
        };
        foreach (var (name, value) in environment)
        {
            values[name] = value;
        }

        return values;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
