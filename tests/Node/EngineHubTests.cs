using System.Globalization;
using System.Net;
using Infra.Lab.Mirrors;
using Infra.Lab.Mirrors.Content;
using Infra.Planning.Catalog;

namespace Infra.Tests.Node;

/// <summary>The fake engine with the name of a repository in place of a folder.</summary>
public sealed class EngineHubTests
{
    private static readonly ModelSpec Model = ModelCatalog.Load().Models[NodeSamples.Small];

    [Fact]
    public async Task A_repository_is_fetched_once_and_only_the_copy_that_is_loaded()
    {
        using var engine = new FakeVllm { Served = Model.Id };
        await using var hub = await HubAsync(engine.Root);
        var environment = Environment(engine, hub);
        await engine.StartAsync(environment, "--max-model-len", "4096");
        Assert.Contains($"Time spent downloading weights for {Model.Id}", engine.Log, StringComparison.Ordinal);
        Assert.Equal(200, (await engine.AskAsync("/health")).Status);
        var snapshots = Path.Combine(
            engine.Root, "hf", "hub", $"models--{Model.Id.Replace("/", "--", StringComparison.Ordinal)}", "snapshots");
        var snapshot = Assert.Single(Directory.GetDirectories(snapshots));
        var files = Directory.GetFiles(snapshot).Select(file => Path.GetFileName(file)).ToArray();
        Assert.Contains("consolidated.safetensors", files);
        Assert.Contains("tekken.json", files);
        Assert.DoesNotContain("model.safetensors", files);
        Assert.DoesNotContain(files, file => file.EndsWith(".incomplete", StringComparison.Ordinal));

        await engine.StopAsync();
        // vLLM leaves its socket behind, and so does the fake engine.
        File.Delete(engine.Socket);
        await engine.StartAsync(new Dictionary<string, string>(environment) { ["HF_HUB_OFFLINE"] = "1" }, "--max-model-len", "4096");
    }

    [Fact]
    public async Task Offline_and_never_fetched_it_prints_what_vllm_prints()
    {
        using var engine = new FakeVllm { Served = Model.Id };
        await using var hub = await HubAsync(engine.Root);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() =>
            engine.StartAsync(new Dictionary<string, string>(Environment(engine, hub)) { ["HF_HUB_OFFLINE"] = "1" }));
        Assert.Contains("couldn't find them in the cached files", failure.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Environment(FakeVllm engine, MirrorServer hub) => new()
    {
        ["HF_ENDPOINT"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{hub.EndPoints[0].Port}"),
        ["HF_HOME"] = Path.Combine(engine.Root, "hf"),
        ["HF_HUB_OFFLINE"] = "0",
    };

    private static Task<MirrorServer> HubAsync(string folder)
    {
        HubContent.Write(folder, Model, 1e-3);
        return MirrorServer.StartAsync(
            new()
            {
                Folder = folder,
                Listeners = [new(IPAddress.Loopback, 0, Tls: false)],
                ControlFile = Path.Combine(folder, "control.json"),
                Hosts = new Dictionary<string, MirrorSite> { ["127.0.0.1"] = MirrorSite.Hub, ["localhost"] = MirrorSite.HubStorage },
            },
            TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
