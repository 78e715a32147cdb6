using Infra.Lab.Host;
using Infra.Lab.Mirrors;

namespace Infra.Tests.Lab;

/// <summary>
/// One server, whose mirrors are all down when it first boots, and come back one after the other, the hub with answers that break off. Its
/// units wait as long as they do in production; only the probe of the engine is quicker.
/// </summary>
public sealed class SurvivesRunningServer : IAsyncLifetime
{
    public const string Node = "chat-0";

    internal static readonly string[] QuickProbe = ["PROBE_INTERVAL_S=1", "PROBE_TIMEOUT_S=2"];

    internal RunningStack Stack { get; } = RunningStack.Prepare("running", SurvivesStage.ConfigValues(("chat", SurvivesStage.Endpoint())));

    /// <summary>Requests for the weights' content, in the order of their ends.</summary>
    internal IReadOnlyList<RequestLine> Weights { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Stack.Folder.Create();
        Stack.Options = Stack.Options with { Extras = new ServerExtras { Files = _ => SurvivesStage.With(QuickProbe) } };
        Stack.AllMirrors(new() { Down = true });
        var up = Task.Run(() => Stack.UpAgainAsync());
        await RunningStack.UntilAsync("there is a server", SurvivesStage.Patience,
            () => Task.FromResult(up.IsCompleted || Stack.LabStack.Nodes().Count == 1));
        await UntilItWaitsAsync("packages", "retry in ");
        await UntilItWaitsAsync("weights", "retry in ");
        Stack.SetMirrors(control => control.With(MirrorKind.Apt, MirrorFaults.None));
        await UntilItWaitsAsync("engine-container", "retry in ");
        Stack.SetMirrors(control => control
            .With(MirrorKind.Registry, MirrorFaults.None)
            .With(MirrorKind.Hub, new() { BytesPerSecond = 16_000_000, Cut = new(6_000_000, 2) }));
        var result = await up;
        Assert.Empty(result.Failures.Select(failure => $"{failure.Name}: {failure.Message}"));
        Weights = [.. Stack.Requests(Node, MirrorKind.Hub)
            .Where(line => line.Status == 206 && line.Path.Contains(SurvivesStage.Weights, StringComparison.Ordinal))];

        Task UntilItWaitsAsync(string phase, string words) => RunningStack.UntilAsync($"{phase} waits", SurvivesStage.Patience, async () =>
            up.IsCompleted || (await Stack.JournalAsync(Node, $"inference-{phase}")).Contains(words, StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
