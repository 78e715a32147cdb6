using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider.Kinds;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Manners;

/// <summary>The API created a resource that did not become ready in time: the state has it as incomplete.</summary>
internal sealed class HalfMadeException(CloudResource resource, string message) : Exception(message)
{
    public CloudResource Resource => resource;
}

/// <summary>
/// The provider between engine and API: it sends requests, and waits for what they begin. A request and what the engine records of it are
/// one change. With <see cref="CloudOptions.IsLikePulumi"/> it gives up and handles a 404 as in <see cref="ProviderManners"/>; otherwise it
/// waits for as long as the machine needs.
/// </summary>
internal sealed class ProviderLayer
{
    private readonly CloudContext _cloud;
    private readonly ProviderClient _client;
    private readonly ProviderPolls _polls;
    private readonly ProviderDeletions _deletions;

    public ProviderLayer(CloudContext cloud)
    {
        _cloud = cloud;
        _client = new(cloud);
        _polls = new(cloud, _client);
        _deletions = new(cloud, _client, _polls);
    }

    private CloudAccount Account => _cloud.State.Account;

    private bool IsLikePulumi => _cloud.Options.IsLikePulumi;

    /// <summary>The inputs, with the old values of a removed name and of removed computed inputs: those do not change.</summary>
    public static PropertyMap KeepComputed(string type, PropertyMap before, PropertyMap after)
    {
        foreach (var input in ProviderManners.Current.Of(type) is { } manners ? manners.Computed.Append("name") : [])
        {
            if (!after.ContainsKey(input) && before.TryGetValue(input, out var kept))
            {
                after = after.SetItem(input, kept);
            }
        }
        return after;
    }

    /// <summary>Sends the request that creates a new resource, and records it.</summary>
    /// <exception cref="ProviderException">It was refused; nothing is recorded.</exception>
    public async Task<CloudResource> BeginAsync(ResourceKind kind, CloudResource resource)
    {
        resource = kind.Reserve(resource);
        return kind is DigitalOceanKind api ? await _client.SendAsync(api.Create(resource), resource, Operation.Create)
            : kind.IsPure ? resource : _cloud.State.Put(resource);
    }

    /// <summary>Waits until a resource that was begun is ready.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="resource">What <see cref="BeginAsync"/> returned.</param>
    /// <param name="begun">When that was called.</param>
    /// <param name="timeout">Its own time limit; null: the provider's.</param>
    public async Task<CloudResource> CreateAsync(ResourceKind kind, CloudResource resource, DateTimeOffset begun, TimeSpan? timeout)
    {
        if (kind is not DigitalOceanKind api)
        {
            return await kind.CreateAsync(resource);
        }
        _cloud.Options.Interrupt(Operation.Create, resource);
        if (ProviderManners.Current.Of(kind.Type)?.Create is { } wait)
        {
            await WatchAsync(api, resource, wait, begun, timeout);
        }
        await SettledAsync(api, resource);
        return await CreatedAsync(api, resource);
    }

    /// <summary>Sends the requests that make a resource as it should be, one after another.</summary>
    /// <returns>The resource as a read from the API finds it.</returns>
    public async Task<CloudResource> UpdateAsync(ResourceKind kind, CloudResource before, CloudResource after)
    {
        if (IsLikePulumi && ProviderManners.Current.Of(kind.Type) is { Updates: false })
        {
            throw new ProviderException("doesn't support update");
        }
        after = after with { Status = ResourceStatus.Updating };
        if (kind is not DigitalOceanKind api)
        {
            return await kind.UpdateAsync(before, _cloud.State.Put(after));
        }
        ProviderRequest? last = null;
        for (var sent = 0; api.Update(Account.State, before, after, sent) is { } next; sent++)
        {
            if (last is not null && (last.Failure, last.Method, last.Path) == (next.Failure, next.Method, next.Path))
            {
                throw new IOException($"{next.Failure}: {next.Method} {next.Path} had no effect");
            }
            after = await _client.SendAsync(next, after, Operation.Update);
            if (next.Watch is { } watch)
            {
                await _polls.UntilAsync(watch(Account.State), PollTimes.Usual, after, Operation.Update, DateTimeOffset.MaxValue,
                    state => api.ProgressOf(state, after) != Progress.Pending);
            }
            await SettledAsync(api, after);
            last = next;
        }
        if (before.HalfMade is not null && !IsLikePulumi)
        {
            // What an earlier run did not wait for, this one does.
            await SettledAsync(api, after);
        }
        await _client.ReadAsync(api.Reading(Account.State, after), after, Operation.Update);
        return Known(api, after);
    }

    /// <summary>Deletes a resource, and waits until it is gone.</summary>
    public async Task DeleteAsync(ResourceKind kind, CloudResource resource)
    {
        // An incomplete creation stays incomplete, so that it is cleaned up again and its delete command never runs.
        var leaving = resource.Status == ResourceStatus.Creating ? resource : resource with { Status = ResourceStatus.Deleting };
        if (kind is not DigitalOceanKind api)
        {
            await (resource.Status == ResourceStatus.Creating ? kind.ClearAsync(resource)
                : kind.DeleteAsync(kind.IsPure ? resource : _cloud.State.Put(leaving)));
            return;
        }
        if (IsLikePulumi && ProviderManners.Current.Of(kind.Type) is { Delete: { } deletion })
        {
            await _deletions.DeleteLikePulumiAsync(api, leaving, deletion);
            return;
        }
        await _deletions.DeleteAsync(api, leaving);
        await AppliedAsync(api);
    }

    /// <summary>The resource as a refresh finds it; null if it is gone.</summary>
    /// <exception cref="ProviderException">It could not be read.</exception>
    public async Task<CloudResource?> ReadAsync(ResourceKind kind, CloudResource resource)
    {
        if (kind is not DigitalOceanKind api)
        {
            return resource;
        }
        await _client.ReadAsync(api.Reading(Account.State, resource), resource, Operation.Same);
        return api.Read(Account.State, resource);
    }

    /// <summary>Waits for a new resource as the provider does.</summary>
    /// <exception cref="HalfMadeException">The provider gave up: the resource is there, and the engine knows of it.</exception>
    private async Task WatchAsync(
        DigitalOceanKind api, CloudResource resource, CreationWait wait, DateTimeOffset begun, TimeSpan? timeout)
    {
        var limit = wait.Limit(timeout);
        bool isDone;
        try
        {
            isDone = await _polls.UntilAsync(api.Watching(Account.State, resource), wait.Polls, resource, Operation.Create,
                IsLikePulumi ? begun + limit : DateTimeOffset.MaxValue, state => api.ProgressOf(state, resource) != Progress.Pending);
        }
        catch (ProviderException exception)
        {
            throw HalfMade(exception.Message);
        }
        if (IsLikePulumi && (!isDone || api.ProgressOf(Account.State, resource) != Progress.Ready))
        {
            throw HalfMade(isDone ? $"unexpected state 'error', wanted target '{wait.Target}'. last error: %!s(<nil>)"
                : ProviderWords.Timeout(wait.Target, wait.Pending, limit));
        }

        HalfMadeException HalfMade(string reason) => new(Known(api, resource), ProviderWords.Of(wait.Failure, resource, reason));
    }

    /// <summary>Reads a new resource back.</summary>
    /// <exception cref="HalfMadeException">It could not be read: the resource is there, and the engine knows of it.</exception>
    private async Task<CloudResource> CreatedAsync(DigitalOceanKind api, CloudResource resource)
    {
        try
        {
            // The last question of its wait for a Droplet is the read.
            if (api.Type != Types.Droplet)
            {
                await _client.ReadAsync(api.Reading(Account.State, resource), resource, Operation.Create);
            }
        }
        catch (ProviderException exception)
        {
            throw new HalfMadeException(Known(api, resource), exception.Message);
        }
        return Known(api, resource);
    }

    /// <summary>Waits until nothing is under way on a resource, and what it changes is in effect.</summary>
    private async Task SettledAsync(DigitalOceanKind api, CloudResource resource)
    {
        await _cloud.Running.UntilAsync(state => api.ProgressOf(state, resource) != Progress.Pending, _cloud.Cancel);
        // Its failure says more than that of a resource that waited for it.
        await AppliedAsync(api);
        if (api.ProgressOf(Account.State, resource) == Progress.Failed)
        {
            throw new IOException(api.Problem(Account.State, resource) ?? $"{resource.Id} is in the state of an error");
        }
    }

    private Task AppliedAsync(DigitalOceanKind api) =>
        api.IsInNetworks ? _cloud.Running.AppliedAsync(_cloud.Cancel) : Task.CompletedTask;

    private CloudResource Known(DigitalOceanKind api, CloudResource resource) =>
        api.Read(Account.State, resource) ?? throw new IOException($"{resource.Type} {resource.Id} was deleted meanwhile");
}
