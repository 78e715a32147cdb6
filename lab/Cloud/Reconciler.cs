using System.Collections.Concurrent;
using System.Collections.Immutable;
using Infra.Lab.Cloud.Kinds;

namespace Infra.Lab.Cloud;

/// <summary>
/// The engine: holds each declared resource against the state and does the least that makes them agree. Every step is in the state before it
/// begins and after it has ended, so that a run that is killed leaves nothing that the next one does not know of.
/// </summary>
internal sealed class Reconciler
{
    private readonly CloudContext _cloud;
    private readonly ProviderSchema _schema = new();
    private readonly ImmutableDictionary<string, ResourceKind> _kinds;
    private readonly ConcurrentQueue<ResourceFailure> _failures = new();
    private readonly ConcurrentDictionary<ProviderException, bool> _told = new();
    private readonly int[] _counts = new int[Enum.GetValues<Operation>().Length];

    public Reconciler(CloudContext cloud)
    {
        _cloud = cloud;
        _kinds = KindsOf.All(cloud).ToImmutableDictionary(kind => kind.Type);
    }

    public IReadOnlyList<ResourceFailure> Failures => [.. _failures];

    public CloudSummary Summary => new(Count(Operation.Create), Count(Operation.Update), Count(Operation.Replace), Count(Operation.Delete), Count(Operation.Same));

    public IReadOnlySet<string> SecretOutputs(string type) => IsComponent(type) ? ImmutableHashSet<string>.Empty : _kinds[type].SecretOutputs;

    /// <summary>Makes a declared resource be there as it shall.</summary>
    /// <param name="type">Type token.</param>
    /// <param name="name">Its name in the program.</param>
    /// <param name="inputs">What the program asks for.</param>
    /// <param name="options">Its options.</param>
    /// <param name="prepare">What must be done before; its failure is the resource's.</param>
    public async Task<CloudResource> DeclareAsync(string type, string name, PropertyMap inputs, DeclaredOptions options, Func<Task> prepare)
    {
        RefuseWhenStopped(type, name);
        var operation = Operation.Create;
        try
        {
            await prepare();
            if (IsComponent(type))
            {
                return Component(type, name);
            }
            var kind = Kind(type);
            if (_schema.Problems(type, inputs, unknowns: false).FirstOrDefault() is { } problem)
            {
                throw new ProviderException($"{type} resource '{name}' has a problem: {problem}");
            }
            var trigger = await options.TriggerValueAsync();
            var current = await CurrentAsync(kind, name);
            if (current is null)
            {
                return await MakeAsync(kind, Operation.Create, New(kind, name, inputs, trigger), null);
            }
            var compared = Ignoring(options.IgnoreChanges, current.Inputs, inputs);
            operation = Decide(kind, current, compared, trigger);
            return operation switch
            {
                Operation.Replace => await ReplaceAsync(kind, current, New(kind, name, inputs, trigger), options),
                Operation.Update => await UpdateAsync(kind, current, current with { Inputs = compared, Trigger = trigger ?? current.Trigger }),
                _ => Unchanged(current, trigger),
            };
        }
        catch (Exception exception) when (exception is not NotStartedException)
        {
            throw Failed(operation, type, name, exception);
        }
    }

    /// <summary>Deletes resources, the newest first. The first that cannot be deleted ends it.</summary>
    public async Task DeleteAsync(IEnumerable<CloudResource> resources)
    {
        foreach (var resource in resources.OrderByDescending(resource => resource.Order).ToList())
        {
            RefuseWhenStopped(resource.Type, resource.Name);
            // What was replaced was counted when it was.
            Action<Phase, string?> tell = resource.Replaced ? static (_, _) => { } : (phase, message) => Tell(Operation.Delete, resource, phase, message);
            tell(Phase.Started, null);
            try
            {
                await RemoveAsync(resource);
            }
            catch (Exception exception)
            {
                throw Failed(Operation.Delete, resource.Type, resource.Name, exception);
            }
            tell(Phase.Finished, null);
        }
    }

    private static bool IsComponent(string type) => type.StartsWith(Types.Components, StringComparison.Ordinal);

    private ResourceKind Kind(string type) => _kinds.GetValueOrDefault(type) ?? throw new ProviderException(type == Types.CopyToRemote
        ? "the local cloud cannot copy files: what is in an asset is not visible to a mock. Use command:remote:Command with stdin"
        : $"the local cloud has no resources of type {type}");

    private CloudResource New(ResourceKind kind, string name, PropertyMap inputs, string? trigger) =>
        new() { Order = _cloud.State.NextOrder(), Type = kind.Type, Name = name, Inputs = inputs, Trigger = trigger, Status = ResourceStatus.Creating };

    private CloudResource Component(string type, string name)
    {
        var current = _cloud.State.Resources.FirstOrDefault(resource => resource.Is(type, name));
        var resource = current ?? _cloud.State.Put(new() { Order = _cloud.State.NextOrder(), Type = type, Name = name });
        Tell(current is null ? Operation.Create : Operation.Same, resource, Phase.Finished);
        return resource;
    }

    /// <summary>The resource as it is, after what an earlier run has left half done was cleared away; null where there is none.</summary>
    private async Task<CloudResource?> CurrentAsync(ResourceKind kind, string name)
    {
        foreach (var left in _cloud.State.Resources
            .Where(resource => resource.Is(kind.Type, name) && !resource.Replaced && resource.Status is ResourceStatus.Creating or ResourceStatus.Deleting)
            .OrderByDescending(resource => resource.Order).ToList())
        {
            await RemoveAsync(left);
        }
        return _cloud.State.Resources.LastOrDefault(resource => resource.Is(kind.Type, name) && !resource.Replaced);
    }

    private static Operation Decide(ResourceKind kind, CloudResource current, PropertyMap inputs, string? trigger)
    {
        // A trigger that was not there before says nothing about what was made without it.
        if (kind.IsLost(current) || kind.IsDue(current, inputs) || (current.Trigger is { } before && trigger is { } now && before != now))
        {
            return Operation.Replace;
        }
        var changed = current.Inputs.Keys.Union(inputs.Keys)
            .Where(input => !kind.Same(input, current.Inputs.GetValueOrDefault(input), inputs.GetValueOrDefault(input))).ToList();
        return changed.Any(kind.ReplacedBy) ? Operation.Replace
            : changed.Count > 0 || current.Status == ResourceStatus.Updating ? Operation.Update
            : Operation.Same;
    }

    private CloudResource Unchanged(CloudResource current, string? trigger)
    {
        var resource = trigger is null || trigger == current.Trigger ? current : _cloud.State.Put(current with { Trigger = trigger });
        Tell(Operation.Same, resource, Phase.Finished);
        return resource;
    }

    private async Task<CloudResource> ReplaceAsync(ResourceKind kind, CloudResource before, CloudResource after, DeclaredOptions options)
    {
        if (!options.DeleteBeforeReplace && !kind.DeletesFirst(before, after.Inputs) && !kind.IsLost(before))
        {
            return await MakeAsync(kind, Operation.Replace, after, before);
        }
        Tell(Operation.Replace, after, Phase.Started);
        // What the old one cannot answer any more must be asked of it now.
        if (!kind.IsLost(before))
        {
            await DeleteAsync(_cloud.State.Resources.Where(resource => Commands.RunsDeleteOn(resource, before)));
        }
        await RemoveAsync(before);
        return await MakeAsync(kind, Operation.Replace, after, null, started: true);
    }

    /// <param name="kind">Its kind.</param>
    /// <param name="operation">What to call it.</param>
    /// <param name="resource">What shall be.</param>
    /// <param name="before">What it takes the place of, if that is still there.</param>
    /// <param name="started">Whether the start was told already.</param>
    private async Task<CloudResource> MakeAsync(ResourceKind kind, Operation operation, CloudResource resource, CloudResource? before, bool started = false)
    {
        if (!started)
        {
            Tell(operation, resource, Phase.Started);
        }
        resource = _cloud.State.Atomically(() =>
        {
            kind.Check(null, resource);
            var reserved = kind.Reserve(resource);
            return kind.IsPure ? reserved : _cloud.State.Put(reserved);
        });
        var made = await kind.CreateAsync(resource) with { Status = ResourceStatus.Ok };
        made = before is null ? _cloud.State.Put(made) : _cloud.State.Put(made, before with { Replaced = true });
        Tell(operation, made, Phase.Finished);
        return made;
    }

    private async Task<CloudResource> UpdateAsync(ResourceKind kind, CloudResource before, CloudResource after)
    {
        Tell(Operation.Update, after, Phase.Started);
        after = _cloud.State.Atomically(() =>
        {
            kind.Check(before, after);
            return _cloud.State.Put(after with { Status = ResourceStatus.Updating });
        });
        var updated = _cloud.State.Put(await kind.UpdateAsync(before, after) with { Status = ResourceStatus.Ok });
        Tell(Operation.Update, updated, Phase.Finished);
        return updated;
    }

    private async Task RemoveAsync(CloudResource resource)
    {
        if (!IsComponent(resource.Type))
        {
            var kind = Kind(resource.Type);
            var unfinished = resource.Status == ResourceStatus.Creating;
            // One whose creation was not finished stays that, so that it is cleared again and never asked to say good-bye.
            var leaving = kind.IsPure || unfinished ? resource : _cloud.State.Put(resource with { Status = ResourceStatus.Deleting });
            await (unfinished ? kind.ClearAsync(leaving) : kind.DeleteAsync(leaving));
        }
        _cloud.State.Remove(resource);
    }

    /// <summary>The new inputs with the old values of what is ignored: what is compared, and what an update works with.</summary>
    private static PropertyMap Ignoring(ImmutableArray<string> paths, PropertyMap before, PropertyMap after)
    {
        foreach (var path in paths)
        {
            after = Ignoring(path.Split('.'), before, after);
        }
        return after;
    }

    private static PropertyMap Ignoring(ReadOnlySpan<string> path, PropertyMap before, PropertyMap after)
    {
        var name = path[0];
        if (path.Length > 1 && before.Map(name) is { } inside && after.Map(name) is { } now)
        {
            return after.SetItem(name, Ignoring(path[1..], inside, now));
        }
        return before.TryGetValue(name, out var value) ? after.SetItem(name, value) : after.Remove(name);
    }

    private void RefuseWhenStopped(string type, string name)
    {
        if (_failures.TryPeek(out var failure))
        {
            throw new NotStartedException($"{type} {name} was not begun, because {failure.Type} {failure.Name} has failed");
        }
        if (_cloud.Cancel.IsCancellationRequested)
        {
            throw new NotStartedException($"{type} {name} was not begun, because the run was cancelled");
        }
    }

    private ProviderException Failed(Operation operation, string type, string name, Exception exception)
    {
        if (exception is ProviderException told && _told.ContainsKey(told))
        {
            return told; // by the resource whose deletion was a part of this one's replacement
        }
        var message = exception is OperationCanceledException ? ResourceFailure.Cancelled : exception.Message;
        _failures.Enqueue(new(operation, type, name, message));
        _cloud.Options.Progress(new(operation, type, name, Phase.Failed, message));
        var failure = new ProviderException(message);
        _told[failure] = true;
        return failure;
    }

    private void Tell(Operation operation, CloudResource resource, Phase phase, string? message = null)
    {
        if (phase == Phase.Finished)
        {
            Interlocked.Increment(ref _counts[(int)operation]);
        }
        _cloud.Options.Progress(new(operation, resource.Type, resource.Name, phase, message));
    }

    private int Count(Operation operation) => Volatile.Read(ref _counts[(int)operation]);
}
