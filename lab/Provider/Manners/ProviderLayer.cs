using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;
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
internal sealed partial class ProviderLayer(CloudContext cloud)
{
    private const string MissingWords = "The resource you were accessing could not be found.";

    private readonly ProviderClient _client = new(cloud);

    private CloudAccount Account => cloud.State.Account;

    private bool IsLikePulumi => cloud.Options.IsLikePulumi;

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
            : kind.IsPure ? resource : cloud.State.Put(resource);
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
        cloud.Options.Interrupt(Operation.Create, resource);
        if (!IsLikePulumi || ProviderManners.Current.Of(kind.Type)?.Create is not { } wait)
        {
            await SettledAsync(api, resource);
            return await CreatedAsync(api, resource);
        }
        var limit = Limit(wait, timeout);
        var isDone = await UntilAsync(begun + limit, state => api.ProgressOf(state, resource) != Progress.Pending);
        if (isDone && api.ProgressOf(Account.State, resource) == Progress.Ready)
        {
            await SettledAsync(api, resource);
            return await CreatedAsync(api, resource);
        }
        throw new HalfMadeException(Known(api, resource), Words(wait.Failure, resource, isDone
            ? $"unexpected state 'error', wanted target '{wait.Target}'. last error: %!s(<nil>)"
            : $"timeout while waiting for state to become '{wait.Target}' (last state: '{wait.Pending}', timeout: {Go(limit)})"));
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
            return await kind.UpdateAsync(before, cloud.State.Put(after));
        }
        ProviderRequest? last = null;
        for (var sent = 0; api.Update(Account.State, before, after, sent) is { } next; sent++)
        {
            if (last is not null && (last.Failure, last.Method, last.Path) == (next.Failure, next.Method, next.Path))
            {
                throw new IOException($"{next.Failure}: {next.Method} {next.Path} had no effect");
            }
            after = await _client.SendAsync(next, after, Operation.Update);
            await SettledAsync(api, after);
            last = next;
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
                : kind.DeleteAsync(kind.IsPure ? resource : cloud.State.Put(leaving)));
            return;
        }
        if (IsLikePulumi && ProviderManners.Current.Of(kind.Type) is { Delete: { } deletion })
        {
            await DeleteLikePulumiAsync(api, leaving, deletion);
            return;
        }
        if (api.ProgressOf(Account.State, resource) is not (Progress.Gone or Progress.Leaving))
        {
            await SendDeletionAsync(api, leaving);
        }
        await cloud.Running.UntilAsync(state => api.ProgressOf(state, resource) != Progress.Leaving, cloud.Cancel);
        if (api.ProgressOf(Account.State, resource) != Progress.Gone)
        {
            throw new IOException(api.Problem(Account.State, resource) ?? $"{resource.Id} was not deleted");
        }
        await AppliedAsync(api);
    }

    /// <summary>The resource as a refresh finds it; null if it is gone.</summary>
    public CloudResource? Read(ResourceKind kind, CloudResource resource) =>
        kind is DigitalOceanKind api ? api.Read(Account.State, resource) : resource;

    private async Task DeleteLikePulumiAsync(DigitalOceanKind api, CloudResource leaving, Deletion deletion)
    {
        var begun = Account.Clock.GetUtcNow();
        var wait = new ProviderWait(deletion.Seconds ?? 0, deletion.HeedsTimeout, deletion.Failure ?? "");
        var limit = Limit(wait, leaving.DeleteTimeout);
        if (api.Type != Types.LoadBalancer && api.ProgressOf(Account.State, leaving) == Progress.Leaving)
        {
            // Already deleted by an interrupted run: locked until it is gone.
            await UntilAsync(begun + limit, IsGone);
        }
        if (api.Read(Account.State, leaving) is null)
        {
            if (deletion.Missing == WhenMissing.Error)
            {
                throw new ProviderException(Words(deletion.MissingFailure!, leaving, ""));
            }
            return;
        }
        cloud.State.Put(leaving);
        cloud.Options.Interrupt(Operation.Delete, leaving);
        // The provider repeats the deletion of a VPC while it has members.
        if (api.Type == Types.Vpc && !await UntilAsync(begun + limit, HasNoMembers))
        {
            throw new ProviderException(Words(wait.Failure, leaving,
                ProviderException.Answer("DELETE", $"vpcs/{leaving.Id}", 409, "Can not delete VPC with members")));
        }
        await SendDeletionAsync(api, leaving);
        if (api.Type == Types.Droplet && !await UntilAsync(begun + limit, IsGone))
        {
            // While it is locked, the provider knows no state of it.
            throw new ProviderException(Words(wait.Failure, leaving,
                $"timeout while waiting for state to become 'Not Found' (timeout: {Go(limit)})"));
        }

        bool IsGone(AccountState state) => api.ProgressOf(state, leaving) != Progress.Leaving;

        bool HasNoMembers(AccountState state) => state.Find<Vpc>(leaving.Id!) is not { } vpc || Vpcs.Members(state, vpc).Count == 0;
    }

    private Task<CloudResource> SendDeletionAsync(DigitalOceanKind api, CloudResource leaving) =>
        _client.SendAsync(api.Delete(Account.State, leaving), leaving, Operation.Delete,
            toleratesMissing: ProviderManners.Current.Of(api.Type)?.Delete.Missing == WhenMissing.Tolerated);

    /// <summary>Reads a new resource back.</summary>
    /// <exception cref="HalfMadeException">It could not be read: the resource is there, and the engine knows of it.</exception>
    private async Task<CloudResource> CreatedAsync(DigitalOceanKind api, CloudResource resource)
    {
        try
        {
            await _client.ReadAsync(api.Reading(Account.State, resource), resource, Operation.Create);
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
        await cloud.Running.UntilAsync(state => api.ProgressOf(state, resource) != Progress.Pending, cloud.Cancel);
        // Its failure says more than that of a resource that waited for it.
        await AppliedAsync(api);
        if (api.ProgressOf(Account.State, resource) == Progress.Failed)
        {
            throw new IOException(api.Problem(Account.State, resource) ?? $"{resource.Id} is in the state of an error");
        }
    }

    private Task AppliedAsync(DigitalOceanKind api) =>
        api.IsInNetworks ? cloud.Running.AppliedAsync(cloud.Cancel) : Task.CompletedTask;

    private CloudResource Known(DigitalOceanKind api, CloudResource resource) =>
        api.Read(Account.State, resource) ?? throw new IOException($"{resource.Type} {resource.Id} was deleted meanwhile");

    /// <summary>Waits until the records are as wanted, or until a time of the account's clock.</summary>
    private async Task<bool> UntilAsync(DateTimeOffset latest, Func<AccountState, bool> wanted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cloud.Cancel);
        var reached = cloud.Running.UntilAsync(wanted, end.Token);
        var late = Account.Clock.UntilAsync(latest, end.Token);
        if (await Task.WhenAny(reached, late) == reached)
        {
            await reached;
        }
        await end.CancelAsync();
        await Task.WhenAll(reached, late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cloud.Cancel.ThrowIfCancellationRequested();
        return wanted(Account.State);
    }

    private static TimeSpan Limit(ProviderWait wait, TimeSpan? custom) =>
        wait.HeedsTimeout && custom is { } given ? given : TimeSpan.FromSeconds(wait.Seconds);

    private static string Words(string text, CloudResource resource, string reason) => NotFound().Replace(text, match =>
        ProviderException.Answer("DELETE", $"{match.Groups[1].Value}/{resource.Id}", 404, MissingWords))
        .Replace("{0}", reason, StringComparison.Ordinal)
        .Replace("{id}", resource.Id, StringComparison.Ordinal)
        .Replace("{name}", resource.CloudName, StringComparison.Ordinal);

    /// <summary>A duration in Go's format: <c>1m0s</c>.</summary>
    private static string Go(TimeSpan time) => string.Create(CultureInfo.InvariantCulture,
        $"{(time.TotalHours >= 1 ? $"{(int)time.TotalHours}h" : "")}{(time.TotalMinutes >= 1 ? $"{time.Minutes}m" : "")}{time.Seconds}s");

    [GeneratedRegex(@"\{404:([^}]+)\}")]
    private static partial Regex NotFound();
}
