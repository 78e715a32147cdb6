using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Lab.Provider.Api;
using Infra.Lab.Provider.Kinds;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Manners;

/// <summary>The API created a resource that did not become ready in time: the state has it as incomplete.</summary>
internal sealed class HalfMadeException(CloudResource resource, string message) : Exception(message)
{
    public CloudResource Resource => resource;
}

/// <summary>
/// The provider between engine and API: it waits, times out and handles a 404 as in <see cref="ProviderManners"/>. Without a simulated
/// account it passes all calls on, and everything is ready at once.
/// </summary>
internal sealed partial class ProviderLayer(CloudContext cloud)
{
    private const string MissingWords = "The resource you were accessing could not be found.";
    private const string Address = "ip";

    /// <summary>Hidden property: the address of a load balancer once it is ready.</summary>
    private const string AddressWhenReady = "addressWhenReady";

    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(10);

    private ApiAccount? Account => cloud.Options.Account;

    /// <summary>The inputs, with the old values of removed computed inputs: those do not change.</summary>
    public static PropertyMap KeepComputed(string type, PropertyMap before, PropertyMap after)
    {
        foreach (var input in ProviderManners.Current.Of(type)?.Computed ?? [])
        {
            if (!after.ContainsKey(input) && before.TryGetValue(input, out var kept))
            {
                after = after.SetItem(input, kept);
            }
        }
        return after;
    }

    public async Task<CloudResource> CreateAsync(ResourceKind kind, CloudResource resource, TimeSpan? timeout)
    {
        var made = await kind.CreateAsync(resource);
        if (Account is not { } account || ProviderManners.Current.Of(kind.Type) is not { } manners)
        {
            return made;
        }
        var known = account.Add(made);
        if (account.Take(FaultKind.KilledWhileCreating, made) is not null)
        {
            throw new InterruptedException("the run was killed");
        }
        if (manners.Create is not { } wait)
        {
            return made;
        }
        var limit = Limit(wait, timeout);
        if (await UntilAsync(limit, () => account.IsReady(known)) && !known.Fails)
        {
            return made;
        }
        var reason = account.IsReady(known)
            ? $"unexpected state 'error', wanted target '{wait.Target}'. last error: %!s(<nil>)"
            : $"timeout while waiting for state to become '{wait.Target}' (last state: '{wait.Pending}', timeout: {Go(limit)})";
        throw new HalfMadeException(AsTheApiHasIt(made), Words(wait.Failure, made, reason));
    }

    public async Task<CloudResource> UpdateAsync(ResourceKind kind, CloudResource before, CloudResource after)
    {
        if (Account is not null && ProviderManners.Current.Of(kind.Type) is { Updates: false })
        {
            throw new ProviderException("doesn't support update");
        }
        // It ends with a read from the API.
        return AsTheApiHasIt(await kind.UpdateAsync(before, after));
    }

    public async Task DeleteAsync(ResourceKind kind, CloudResource resource)
    {
        if (Account is not { } account || ProviderManners.Current.Of(kind.Type) is not { } manners)
        {
            await kind.DeleteAsync(resource);
            return;
        }
        var deletion = manners.Delete;
        var known = account.Find(kind.Type, resource.Id!);
        if (known is { GoneAt: not null })
        {
            // Already deleted by an interrupted run: locked until it is gone.
            _ = await UntilAsync(resource.DeleteTimeout ?? TimeSpan.FromSeconds(deletion.Seconds ?? 0),
                () => account.Find(kind.Type, resource.Id!) is null);
            known = null;
        }
        if (known is null)
        {
            if (deletion.Missing == WhenMissing.Error)
            {
                throw new ProviderException(Words(deletion.MissingFailure!, resource, ""));
            }
            return;
        }
        if (account.Take(FaultKind.ConnectionLostWhileDeleting, resource) is not null)
        {
            throw new InterruptedException("rpc error: code = Unavailable desc = error reading from server: EOF");
        }
        // The provider repeats the deletion of a VPC while it has members.
        if (kind.Type == Types.Vpc)
        {
            var wait = new ProviderWait(deletion.Seconds!.Value, deletion.HeedsTimeout, deletion.Failure!);
            if (!await UntilAsync(Limit(wait, resource.DeleteTimeout), () => !account.HasMembers(resource.Id!)))
            {
                throw new ProviderException(Words(wait.Failure, resource,
                    ProviderException.Answer("DELETE", $"vpcs/{resource.Id}", 409, "Can not delete VPC with members")));
            }
        }
        await kind.DeleteAsync(resource);
        account.Delete(resource);
        if (kind.Type != Types.Vpc && deletion.Seconds is { } seconds)
        {
            var wait = new ProviderWait(seconds, deletion.HeedsTimeout, deletion.Failure!);
            if (!await UntilAsync(Limit(wait, resource.DeleteTimeout), () => account.Find(kind.Type, resource.Id!) is null))
            {
                throw new ProviderException(Words(wait.Failure, resource,
                    "timeout while waiting for state to become 'Not Found' (last state: 'active', timeout: "
                        + $"{Go(Limit(wait, resource.DeleteTimeout))})"));
            }
        }
    }

    /// <summary>The resource as a refresh finds it; null if it is gone.</summary>
    public CloudResource? Read(ResourceKind kind, CloudResource resource) =>
        Account is not { } account || ProviderManners.Current.Of(kind.Type) is null ? resource
        : account.Find(kind.Type, resource.Id!) is null || kind.IsLost(resource) ? null
        : AsTheApiHasIt(resource);

    private CloudResource AsTheApiHasIt(CloudResource resource)
    {
        if (Account is not { } account || resource.Id is null || account.Find(resource.Type, resource.Id) is not { } known
            || ProviderManners.Current.Of(resource.Type)?.Create is not { } wait)
        {
            return resource;
        }
        var state = !account.IsReady(known) ? wait.Pending : known.Fails ? "error" : wait.Target;
        resource = resource.With(resource.Type == Types.Certificate ? "state" : "status", state);
        if (resource.Type != Types.LoadBalancer)
        {
            return resource;
        }
        var address = resource.Hidden.TextOrNull(AddressWhenReady) ?? resource.Outputs.Text(Address);
        return (resource with { Hidden = resource.Hidden.SetItem(AddressWhenReady, address) })
            .With(Address, state == wait.Target ? address : "");
    }

    /// <summary>Polls every few seconds of the account's clock until the condition holds or time is up.</summary>
    private async Task<bool> UntilAsync(TimeSpan limit, Func<bool> reached)
    {
        var clock = Account!.Clock;
        for (var start = clock.GetTimestamp(); !reached() && clock.GetElapsedTime(start) < limit;)
        {
            await Task.Delay(s_poll, clock, cloud.Cancel);
        }
        return reached();
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
