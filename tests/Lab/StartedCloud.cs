using System.Text.Json.Nodes;
using Infra.Lab.Cloud;
using Infra.Lab.Linux;

namespace Infra.Tests.Lab;

/// <summary>A cloud in a folder of its own, from its start to its end.</summary>
public sealed class StartedCloud : IAsyncLifetime
{
    private readonly CloudUpOptions _options;

    /// <summary>With servers.</summary>
    public StartedCloud()
        : this(new CloudUpOptions())
    {
    }

    internal StartedCloud(CloudUpOptions options)
    {
        _options = options;
        Lab = CloudLab.Of(Folder);
    }

    /// <summary>Folder of the project, for the files of a test, too.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("infra-cloud-").FullName;

    internal CloudLab Lab { get; }

    public async ValueTask InitializeAsync()
    {
        try
        {
            await Lab.UpAsync(_options, TestContext.Current.CancellationToken);
        }
        catch
        {
            // No one else would stop the parts that did start.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Lab.DownAsync(static _ => { }, CancellationToken.None);
        Directory.Delete(Folder, recursive: true);
    }

    internal Task<ProgramAnswer> InsideAsync(params string[] command) => InsideAsync(new Dictionary<string, string>(), command);

    internal Task<ProgramAnswer> InsideAsync(IReadOnlyDictionary<string, string> environment, params string[] command) =>
        Lab.InsideAsync(environment, command);

    /// <summary>Sends a request with curl, as a program inside. A refusal fails the test.</summary>
    internal async Task<JsonNode> CallAsync(string method, string path, JsonObject? body = null)
    {
        var answer = await InsideAsync("sh", "-c",
            "curl -sS --fail-with-body -X \"$1\" -H \"Authorization: Bearer $DIGITALOCEAN_TOKEN\" -H 'Content-Type: application/json' "
            + "${3:+-d \"$3\"} \"https://api.digitalocean.com$2\"", "-", method, path, body?.ToJsonString() ?? "");
        Assert.True(answer.Status == 0, $"{method} {path}: {answer.Output}{answer.Errors}");
        return answer.Output.Length > 0 ? JsonNode.Parse(answer.Output)! : new JsonObject();
    }
}
