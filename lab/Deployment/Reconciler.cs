using System.Collections.Concurrent;
using System.Collections.Immutable;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Kinds;
using Infra.Lab.Provider.Manners;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Deployment;

/// <summary>
/// The engine: compares each declared resource with the state and applies the smallest change. The state records every step before and
/// after it, so that the next run knows all about a killed one.
/// </summary>
internal sealed class Reconciler
{
    private readonly CloudContext _cloud;
    private readonly ProviderSchema _schema = new();
    private readonly ProviderLayer _provider;
    private readonly ConcurrentDictionary<(string Type, string Name), bool> _removedForOther = new();
    private readonly ImmutableDictionary<string, ResourceKind> _kinds;
    private readonly RunLog _log;

    public Reconciler(CloudContext cloud)
    {
        _cloud = cloud;
        _provider = new(cloud);
        _log = new(cloud.Options);
        _kinds = KindsOf.All(cloud).ToImmutableDictionary(kind => kind.Type);
    }

    public IReadOnlyList<ResourceFailure> Failures => _log.Failures;

    public CloudSummary Summary => _log.Summary;

    public IReadOnlySet<string> SecretOutputs(string type) =>
        IsComponent(type) ? ImmutableHashSet<string>.Empty : _kinds[type].SecretOutputs;

    /// <summary>Creates or updates a declared resource.</summary>
    /// <param name="type">Type token.</param>
    /// <param name="name">Its name in the program.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="options">The options.</param>
    /// <param name="prepare">Runs first; its failure is the resource's failure.</param>
    public async Task<CloudResource> DeclareAsync(string type, string name, PropertyMap inputs, DeclaredOptions options, Func<Task> prepare)
    {
        _log.RefuseWhenStopped(type, name);
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
                operation = _removedForOther.ContainsKey((type, name)) ? Operation.Replace : Operation.Create;
                var made = New(kind, name, inputs, trigger, options);
                kind.Check(null, made);
                return await MakeAsync(kind, operation, made, null, options);
            }
            var compared = ProviderLayer.KeepComputed(type, current.Inputs,
                IgnoredChanges.PutBack(options.IgnoreChanges, current.Inputs, inputs));
            (operation, var byProvider) = Decide(kind, current, compared, trigger, options);
            // Before anything is deleted for a replacement.
            kind.Check(current, current with { Inputs = compared });
            return operation switch
            {
                Operation.Replace => await ReplaceAsync(kind, current, New(kind, name, inputs, trigger, options), options, byProvider),
                Operation.Update => await UpdateAsync(kind, current, current with
                {
                    Inputs = compared,
                    Trigger = trigger ?? current.Trigger,
                    DeleteTimeout = options.DeleteTimeout,
                    ReplaceOnChanges = options.ReplaceOnChanges,
                }),
                _ => Unchanged(current, trigger, options),
            };
        }
        catch (Exception exception) when (exception is not NotStartedException)
        {
            throw _log.Failed(operation, type, name, exception);
        }
    }

    /// <summary>Deletes resources, newest first, until one fails.</summary>
    public async Task DeleteAsync(IEnumerable<CloudResource> resources)
    {
        // Resources with an unknown result are left to a refresh.
        foreach (var resource in resources.Where(resource => !IsPendingCreation(resource)).OrderByDescending(resource => resource.Order)
            .ToList())
        {
            _log.RefuseWhenStopped(resource.Type, resource.Name);
            // Replaced resources are counted at the replacement.
            Action<Phase, string?> report = resource.Replaced ? static (_, _) =>
                { }
            : (phase, message) => _log.Report(Operation.Delete, resource, phase, message);
            report(Phase.Started, null);
            try
            {
                await RemoveAsync(resource);
            }
            catch (Exception exception)
            {
                throw _log.Failed(Operation.Delete, resource.Type, resource.Name, exception);
            }
            report(Phase.Finished, null);
        }
    }

    private static bool IsComponent(string type) => type.StartsWith(Types.Components, StringComparison.Ordinal);

    private ResourceKind Kind(string type) => _kinds.GetValueOrDefault(type) ?? throw new ProviderException(type == Types.CopyToRemote
        ? "the local cloud cannot copy files: mocks do not see the content of assets. Use command:remote:Command with stdin"
        : $"the local cloud has no resources of type {type}");

    /// <summary>Compares the state with reality, and removes what is gone: <c>pulumi refresh</c>.</summary>
    /// <param name="answers">Ids for creations with an unknown result, by type and name. Others are removed.</param>
    public Task RefreshAsync(IReadOnlyDictionary<(string Type, string Name), string> answers) =>
        PendingOperations.RefreshAsync(_cloud, async resource =>
        {
            try
            {
                return IsComponent(resource.Type) ? resource : await _provider.ReadAsync(Kind(resource.Type), resource);
            }
            catch (ProviderException exception)
            {
                throw _log.Failed(Operation.Same, resource.Type, resource.Name, exception);
            }
        }, answers);

    private bool IsPendingCreation(CloudResource resource) => PendingOperations.IsCreation(_cloud, resource);

    private CloudResource New(ResourceKind kind, string name, PropertyMap inputs, string? trigger, DeclaredOptions options) => new()
    {
        Order = _cloud.State.NextOrder(),
        Type = kind.Type,
        Name = name,
        Inputs = inputs,
        Trigger = trigger,
        Status = ResourceStatus.Creating,
        DeleteTimeout = options.DeleteTimeout,
        ReplaceOnChanges = options.ReplaceOnChanges,
    };

    private CloudResource Component(string type, string name)
    {
        var current = _cloud.State.Resources.FirstOrDefault(resource => resource.Is(type, name));
        var resource = current ?? _cloud.State.Put(new() { Order = _cloud.State.NextOrder(), Type = type, Name = name });
        _log.Report(current is null ? Operation.Create : Operation.Same, resource, Phase.Finished);
        return resource;
    }

    /// <summary>The current resource, after the cleanup of an interrupted operation; null if there is none.</summary>
    private async Task<CloudResource?> CurrentAsync(ResourceKind kind, string name)
    {
        // Pulumi's engine assumes nothing: it warns about pending operations and uses the state.
        foreach (var left in _cloud.State.Resources.Where(_ => !_cloud.Options.IsLikePulumi)
            .Where(resource => resource.Is(kind.Type, name) && !resource.Replaced
                && resource.Status is ResourceStatus.Creating or ResourceStatus.Deleting)
            .OrderByDescending(resource => resource.Order).ToList())
        {
            await RemoveAsync(left);
        }
        var current = _cloud.State.Resources.LastOrDefault(resource => resource.Is(kind.Type, name) && !resource.Replaced
            && !IsPendingCreation(resource));
        // Only with Pulumi's engine can a deletion be interrupted here: it is removed after the warning.
        return current is { Status: ResourceStatus.Deleting } ? _cloud.State.Put(current with { Status = ResourceStatus.Ok }) : current;
    }

    private bool IsLost(ResourceKind kind, CloudResource resource) => !_cloud.Options.IsLikePulumi && kind.IsLost(resource);

    /// <summary>The operation that a resource needs, and whether the provider demands it: only then it says what goes first.</summary>
    private (Operation Operation, bool ByProvider) Decide(
        ResourceKind kind, CloudResource current, PropertyMap inputs, string? trigger, DeclaredOptions options)
    {
        // A new trigger has no value to compare with.
        if (IsLost(kind, current) || kind.IsDue(current, inputs) || (current.Trigger is { } before && trigger is { } now && before != now)
            || _cloud.Options.Replace.Contains((current.Type, current.Name)))
        {
            return (Operation.Replace, false);
        }
        var changed = kind.Changed(current.Inputs, inputs);
        var byProvider = kind.ReplacedBy(changed, current.Inputs, inputs);
        return (byProvider || changed.Intersect(options.ReplaceOnChanges).Any() ? Operation.Replace
            : changed.Count > 0 || current.Status == ResourceStatus.Updating || current.HalfMade is not null ? Operation.Update
            : Operation.Same, byProvider);
    }

    private CloudResource Unchanged(CloudResource current, string? trigger, DeclaredOptions options)
    {
        // Options are stored although the resource does not change.
        var resource = (trigger is null || trigger == current.Trigger) && current.DeleteTimeout == options.DeleteTimeout
            && current.ReplaceOnChanges.SequenceEqual(options.ReplaceOnChanges)
            ? current
            : _cloud.State.Put(current with
            {
                Trigger =
                trigger ?? current.Trigger,
                DeleteTimeout = options.DeleteTimeout,
                ReplaceOnChanges = options.ReplaceOnChanges
            });
        _log.Report(Operation.Same, resource, Phase.Finished);
        return resource;
    }

    private async Task<CloudResource> ReplaceAsync(
        ResourceKind kind, CloudResource before, CloudResource after, DeclaredOptions options, bool byProvider)
    {
        var deletesFirst = options.DeleteBeforeReplace ?? (byProvider && kind.DeletesFirst(after.Inputs));
        if (!deletesFirst && !IsLost(kind, before))
        {
            return await MakeAsync(kind, Operation.Replace, after, before, options);
        }
        _log.Report(Operation.Replace, after, Phase.Started);
        // The old resource must be asked before it is gone.
        if (!IsLost(kind, before))
        {
            await DeleteAsync(_cloud.State.Resources.Where(resource => Commands.RunsDeleteOn(resource, before)));
        }
        // Dependents are deleted first and created again in their turn.
        foreach (var dependent in _cloud.State.Resources.Where(other => other.Type == Types.Droplet && !IsPendingCreation(other)
            && Dependents.GoesWith(other, before)).ToList())
        {
            _removedForOther[(dependent.Type, dependent.Name)] = true;
            await RemoveAsync(dependent);
        }
        await RemoveAsync(before);
        return await MakeAsync(kind, Operation.Replace, after, null, options, started: true);
    }

    /// <param name="kind">The kind.</param>
    /// <param name="operation">The operation to report.</param>
    /// <param name="resource">The requested resource.</param>
    /// <param name="before">The resource to replace, if it still exists.</param>
    /// <param name="options">Its options.</param>
    /// <param name="started">Whether the start is already reported.</param>
    private async Task<CloudResource> MakeAsync(
        ResourceKind kind, Operation operation, CloudResource resource, CloudResource? before, DeclaredOptions options,
        bool started = false)
    {
        if (!started)
        {
            _log.Report(operation, resource, Phase.Started);
        }
        var begun = _cloud.State.Account.Clock.GetUtcNow();
        resource = await _provider.BeginAsync(kind, resource);
        CloudResource made;
        try
        {
            made = await _provider.CreateAsync(kind, resource, begun, options.CreateTimeout) with { Status = ResourceStatus.Ok };
        }
        catch (ProviderException) when (_cloud.Options.IsLikePulumi)
        {
            _cloud.State.Remove(resource); // the provider reported the result: nothing is pending
            throw;
        }
        catch (HalfMadeException halfMade)
        {
            _ = before is null ? _cloud.State.Put(Half()) : _cloud.State.Put(Half(), before with { Replaced = true });
            throw;

            CloudResource Half() => halfMade.Resource with { Status = ResourceStatus.Ok, HalfMade = halfMade.Message };
        }
        made = before is null ? _cloud.State.Put(made) : _cloud.State.Put(made, before with { Replaced = true });
        _log.Report(operation, made, Phase.Finished);
        return made;
    }

    private async Task<CloudResource> UpdateAsync(ResourceKind kind, CloudResource before, CloudResource after)
    {
        _log.Report(Operation.Update, after, Phase.Started);
        CloudResource updated;
        try
        {
            updated = _cloud.State.Put(
                await _provider.UpdateAsync(kind, before, after) with { Status = ResourceStatus.Ok, HalfMade = null });
        }
        catch (ProviderException) when (_cloud.Options.IsLikePulumi)
        {
            _cloud.State.Put(before);
            throw;
        }
        _log.Report(Operation.Update, updated, Phase.Finished);
        return updated;
    }

    private async Task RemoveAsync(CloudResource resource)
    {
        if (!IsComponent(resource.Type))
        {
            try
            {
                await _provider.DeleteAsync(Kind(resource.Type), resource);
            }
            catch (ProviderException) when (_cloud.Options.IsLikePulumi)
            {
                _cloud.State.Put(resource);
                throw;
            }
        }
        _cloud.State.Remove(resource);
    }
}
