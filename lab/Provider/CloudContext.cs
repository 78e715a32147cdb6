using Infra.Lab.DigitalOcean;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;
using Infra.Planning.Catalog;

namespace Infra.Lab.Provider;

/// <summary>Dependencies of the resource kinds and the engine.</summary>
/// <param name="State">The state.</param>
/// <param name="Runtime">The host runtime.</param>
/// <param name="Catalog">Available sizes, regions and images.</param>
/// <param name="Options">The account.</param>
internal sealed record CloudContext(CloudState State, IHostRuntime Runtime, ModelCatalog Catalog, CloudOptions Options) : IAsyncDisposable
{
    private readonly Lazy<RunningAccount> _running = new(() => new RunningAccount(State.Account, Runtime));

    /// <summary>The account's work, which begins with the first question for it.</summary>
    public RunningAccount Running => _running.Value;

    public CancellationToken Cancel => Options.Cancel;

    public ValueTask DisposeAsync() => _running.IsValueCreated ? Running.DisposeAsync() : ValueTask.CompletedTask;
}
