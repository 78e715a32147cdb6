using System.Collections.Concurrent;
using System.Collections.Immutable;
using Infra.Lab.Cloud;
using Infra.Lab.Cloud.Kinds;
using Infra.Lab.Cloud.Resources;
using Infra.Lab.Specs;
using Infra.Planning.Plan;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Lab.Deployments;

/// <summary>
/// Engine and providers of a real deployment on this machine: it answers the program's resources as Pulumi's mocks, keeps what there is between
/// runs, and makes, changes, replaces and deletes as <c>pulumi up</c> would. A run is <c>Deployment.TestAsync</c> with <see cref="Watch"/>, then
/// <see cref="SettleAsync"/>, and where nothing failed <see cref="FinishAsync"/>.
/// </summary>
internal sealed class LocalCloud : IMocks
{
    private readonly CloudState _state;
    private readonly CloudContext _context;
    private readonly Reconciler _reconciler;
    private readonly ConcurrentDictionary<(string Type, string Name), DeclaredOptions> _options = new();
    private readonly ConcurrentDictionary<(string Type, string Name), bool> _declared = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly Lazy<Task> _restored;

    /// <param name="state">What there is.</param>
    /// <param name="machines">What makes it real.</param>
    /// <param name="plan">The plan whose catalog says which sizes, regions and images the cloud has.</param>
    /// <param name="options">The account.</param>
    public LocalCloud(CloudState state, IMachineRoom machines, StackPlan plan, CloudOptions options)
    {
        _state = state;
        options = options with { Tags = options.Tags ?? [.. plan.Endpoints.SelectMany(endpoint => endpoint.Ports.Nodes.Tags)] };
        _context = new(state, machines, plan.Catalog, options, new Cloud.Fabric(state, machines, options.Cancel));
        _reconciler = new(_context);
        _restored = new(RestoreAsync);
        Warning = PendingOperations.Warning(_context);
    }

    /// <summary>What failed, in the order of failing. What was not begun because of it is not among them.</summary>
    public IReadOnlyList<ResourceFailure> Failures => _reconciler.Failures;

    /// <summary>What Pulumi's CLI would warn of before this run; null where nothing is pending. Only with an account of its own.</summary>
    public string? Warning { get; }

    /// <summary>What was done until now.</summary>
    public CloudSummary Summary => _reconciler.Summary;

    /// <summary>A transformation that changes nothing and takes note of the options, which a mock is not handed.</summary>
    public ResourceTransformationResult? Watch(ResourceTransformationArgs args)
    {
        _options[(args.Resource.GetResourceType(), args.Resource.GetResourceName())] = DeclaredOptions.Of(args.Options);
        return null;
    }

    /// <summary>Holds the state against what there is: <c>pulumi refresh</c>.</summary>
    /// <param name="answers">Ids for creations that are pending, by type token and name; the others are cleared. Default: none.</param>
    public void Refresh(IReadOnlyDictionary<(string Type, string Name), string>? answers = null) =>
        _reconciler.Refresh(answers ?? ImmutableDictionary<(string Type, string Name), string>.Empty);

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

    public Task<object> CallAsync(MockCallArgs args) => Task.FromResult<object>(ProviderFunctions.Call(_context.Catalog, args.Token!, args.Args));

    /// <summary>Waits for what is still under way: a deployment that fails does not.</summary>
    public async Task SettleAsync()
    {
        while (_running.Keys.ToArray() is { Length: > 0 } tasks)
        {
            await Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Deletes what the program does not declare any more, and what was replaced, the newest first.</summary>
    public Task FinishAsync() => TrackAsync(async () =>
    {
        await _restored.Value;
        await _reconciler.DeleteAsync(_state.Resources.Where(resource => resource.Replaced || !_declared.ContainsKey((resource.Type, resource.Name))));
        return true;
    });

    /// <summary>Deletes everything, the newest first: <c>pulumi destroy</c>.</summary>
    public Task DestroyAllAsync() => DestroyAllAsync(refresh: false);

    /// <param name="refresh">Looks first what there still is: <c>pulumi destroy --refresh</c>.</param>
    public Task DestroyAllAsync(bool refresh) => TrackAsync(async () =>
    {
        if (refresh)
        {
            Refresh();
        }
        await _reconciler.DeleteAsync(_state.Resources);
        return true;
    });

    private async Task<T> TrackAsync<T>(Func<Task<T>> work)
    {
        // The SDK calls from its own chain of continuations, and much of the work here is computing.
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

    /// <summary>A machine room that has just begun knows nothing of what was there before.</summary>
    private async Task RestoreAsync()
    {
        foreach (var volume in _context.All(Types.Volume).Where(volume => volume.Status == ResourceStatus.Ok).ToList())
        {
            await _context.Machines.CreateVolumeAsync(Volumes.Spec(volume), _context.Cancel);
        }
        foreach (var certificate in _context.All(Types.Certificate).Where(certificate => certificate.Status == ResourceStatus.Ok).ToList())
        {
            if (new Certificates(_context).Renewed(certificate) is { } renewed)
            {
                _state.Put(renewed);
            }
        }
        if (_state.Resources.Any())
        {
            await _context.Fabric.ApplyPolicyAsync();
            await _context.Fabric.ApplyBalancersAsync();
        }
    }

    /// <summary>What the program sees: its inputs, and what the provider fills in, secret where it is.</summary>
    private PropertyMap State(CloudResource resource, PropertyMap inputs, DeclaredOptions options)
    {
        var secrets = _reconciler.SecretOutputs(resource.Type);
        // What it was made with, where a change is ignored; a component is what the program says.
        return (resource.Id is null ? inputs : resource.Inputs).SetItems(resource.Outputs).ToImmutableDictionary(
            property => property.Key,
            property => property.Value is string text && (secrets.Contains(property.Key) || options.SecretOutputs.Contains(property.Key))
                ? Output.CreateSecret(text)
                : property.Value);
    }
}
