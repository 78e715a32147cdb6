using System.Collections.Concurrent;
using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Storage;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Kinds;
using Infra.Lab.Provider.Manners;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;
using Infra.Planning.Plan;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Lab.Deployment;

/// <summary>
/// Engine and providers of a real deployment on this machine: it answers the program's resource registrations as Pulumi mocks, keeps the
/// state between runs, and creates, updates, replaces and deletes like <c>pulumi up</c>. A run is <c>Deployment.TestAsync</c> with <see
/// cref="Watch"/>, then <see cref="WaitForRunningAsync"/>, and without failures <see cref="FinishAsync"/>.
/// </summary>
internal sealed class LocalCloud : IMocks, IAsyncDisposable
{
    private readonly CloudState _state;
    private readonly StackPlan _plan;
    private readonly CloudContext _context;
    private readonly Reconciler _reconciler;
    private readonly ProviderClient _client;
    private readonly ConcurrentDictionary<(string Type, string Name), DeclaredOptions> _options = new();
    private readonly ConcurrentDictionary<(string Type, string Name), bool> _declared = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly Lazy<Task> _restored;

    /// <param name="state">The state.</param>
    /// <param name="runtime">The host runtime.</param>
    /// <param name="plan">The plan, whose catalog has the available sizes, regions and images.</param>
    /// <param name="options">The account.</param>
    public LocalCloud(CloudState state, IHostRuntime runtime, StackPlan plan, CloudOptions options)
    {
        _state = state;
        _plan = plan;
        _context = new(state, runtime, plan.Catalog, options);
        _reconciler = new(_context);
        _client = new(_context);
        _restored = new(RestoreAsync);
        Warning = PendingOperations.Warning(_context);
    }

    /// <summary>The failures in order of occurrence, without resources that were not started because of them.</summary>
    public IReadOnlyList<ResourceFailure> Failures => _reconciler.Failures;

    /// <summary>The CLI's warning before this run; null if no operation is pending. Only if it runs like Pulumi's.</summary>
    public string? Warning { get; }

    /// <summary>The operations so far.</summary>
    public CloudSummary Summary => _reconciler.Summary;

    /// <summary>A transformation that only records the options, which mocks do not receive.</summary>
    public ResourceTransformationResult? Watch(ResourceTransformationArgs args)
    {
        _options[(args.Resource.GetResourceType(), args.Resource.GetResourceName())] = DeclaredOptions.Of(args.Options);
        return null;
    }

    /// <summary>Compares the state with reality: <c>pulumi refresh</c>.</summary>
    /// <param name="answers">Ids for pending creations, by type token and name; others are cleared. Default: none.</param>
    public Task RefreshAsync(IReadOnlyDictionary<(string Type, string Name), string>? answers = null) =>
        _reconciler.RefreshAsync(answers ?? ImmutableDictionary<(string Type, string Name), string>.Empty);

    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args) => TrackAsync(async () =>
    {
        var (type, name) = (args.Type!, args.Name!);
        var options = _options.GetValueOrDefault((type, name), DeclaredOptions.None);
        var resource = await _reconciler.DeclareAsync(type, name, args.Inputs, options, async () =>
        {
            if (!_declared.TryAdd((type, name), true))
            {
                throw new ProviderException($"Duplicate resource URN: {type} {name}; try giving it a unique name");
            }
            await _restored.Value;
        });
        return (resource.Id, (object)State(resource, args.Inputs, options));
    });

    public async Task<object> CallAsync(MockCallArgs args)
    {
        try
        {
            await _client.AskAsync(ProviderFunctions.CallOf(args.Token!));
        }
        catch (ProviderException exception)
        {
            // As the SDK has it from gRPC, and no RunException: by that the program knows who failed.
            throw new InvalidOperationException($"Status(StatusCode=\"Unknown\", Detail=\"invocation of {args.Token} returned an error: "
                + $"invoking {args.Token}: 1 error occurred:\n\t* {exception.Message}\n\n\")", exception);
        }
        return ProviderFunctions.Call(_context.Catalog, args.Token!, args.Args);
    }

    /// <summary>Waits for operations in progress: a failing deployment does not.</summary>
    public async Task WaitForRunningAsync()
    {
        while (_running.Keys.ToArray() is { Length: > 0 } tasks)
        {
            await Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Deletes undeclared and replaced resources, newest first.</summary>
    public Task FinishAsync() => TrackAsync(async () =>
    {
        await _restored.Value;
        await _reconciler.DeleteAsync(
            _state.Resources.Where(resource => resource.Replaced || !_declared.ContainsKey((resource.Type, resource.Name))));
        return true;
    });

    /// <summary>Deletes everything, newest first: <c>pulumi destroy</c>.</summary>
    public Task DestroyAllAsync() => DestroyAllAsync(refresh: false);

    /// <param name="refresh">Refreshes first: <c>pulumi destroy --refresh</c>.</param>
    public Task DestroyAllAsync(bool refresh) => TrackAsync(async () =>
    {
        if (refresh)
        {
            await RefreshAsync();
        }
        await _reconciler.DeleteAsync(_state.Resources);
        return true;
    });

    /// <summary>Ends the work of the account; the next run continues what is left of it.</summary>
    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private async Task<T> TrackAsync<T>(Func<Task<T>> work)
    {
        // The SDK calls from its own chain of continuations, and much of this work is CPU-bound.
        var task = Task.Run(work);
        _running.TryAdd(task, true);
        try
        {
            return await task;
        }
        finally
        {
            _running.TryRemove(task, out _);
        }
    }

    /// <summary>Makes the account one that the stack can be in, and this machine what the account says.</summary>
    private async Task RestoreAsync()
    {
        var account = _state.Account;
        account.Change(change =>
        {
            UsedAccount.Complete(change, _plan, _context.Options);
            // Pulumi's engine would not know of them.
            foreach (var droplet in _context.Options.IsLikePulumi ? [] : CloudState.In(change.State)
                .Where(resource => resource is { Type: Types.Droplet, Status: ResourceStatus.Creating }).ToList())
            {
                DropletKind.Abandon(change, droplet);
            }
        });
        // A new host runtime does not know the existing disks.
        foreach (var volume in account.State.All<Volume>().Where(volume => Volumes.HasDisk(account.State, volume.Id)))
        {
            await _context.Runtime.CreateVolumeAsync(volume.Spec(), _context.Cancel);
        }
        // What was due while nothing ran comes first.
        await _context.Running.UntilAsync(state => !state.All<Work>()
            .Any(work => work.Kind == CertificateWork.RenewKind && work.DueAt <= account.Clock.GetUtcNow()), _context.Cancel);
        await _context.Running.AppliedAsync(_context.Cancel);
    }

    /// <summary>The outputs for the program: its inputs plus the provider's values, with secrets marked.</summary>
    private PropertyMap State(CloudResource resource, PropertyMap inputs, DeclaredOptions options)
    {
        var secrets = _reconciler.SecretOutputs(resource.Type);
        // The effective inputs, if a change is ignored; a component returns the program's.
        return (resource.Id is null ? inputs : resource.Inputs).SetItems(resource.Outputs).ToImmutableDictionary(
            property => property.Key,
            property => property.Value is string text && (secrets.Contains(property.Key) || options.SecretOutputs.Contains(property.Key))
                ? Output.CreateSecret(text)
                : property.Value);
    }
}
