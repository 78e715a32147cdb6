using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider.Kinds;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Manners;

/// <summary>Deletions: what the provider asks before, how often it sends the request, and what it waits for.</summary>
internal sealed class ProviderDeletions(CloudContext cloud, ProviderClient client, ProviderPolls polls)
{
    private CloudAccount Account => cloud.State.Account;

    /// <summary>Deletes a resource, and waits until it is gone, for as long as the machine needs.</summary>
    public async Task DeleteAsync(DigitalOceanKind api, CloudResource leaving)
    {
        var manners = ProviderManners.Current.Of(api.Type)?.Delete;
        if (api.ProgressOf(Account.State, leaving) is not (Progress.Gone or Progress.Leaving))
        {
            await AskFirstAsync(api, leaving, manners);
            await SendAsync(api, leaving, manners);
        }
        if (api.Type != Types.Droplet)
        {
            await cloud.Running.UntilAsync(state => api.ProgressOf(state, leaving) != Progress.Leaving, cloud.Cancel);
        }
        else if (api.ProgressOf(Account.State, leaving) != Progress.Gone)
        {
            await GoneAsync(api, leaving, manners!, DateTimeOffset.MaxValue);
        }
        if (api.ProgressOf(Account.State, leaving) != Progress.Gone)
        {
            throw new IOException(api.Problem(Account.State, leaving) ?? $"{leaving.Id} was not deleted");
        }
    }

    /// <summary>Deletes a resource, and gives up as the provider does.</summary>
    public async Task DeleteLikePulumiAsync(DigitalOceanKind api, CloudResource leaving, Deletion manners)
    {
        var limit = manners.Wait.Limit(leaving.DeleteTimeout);
        if (api.Type != Types.LoadBalancer && api.ProgressOf(Account.State, leaving) == Progress.Leaving)
        {
            // Already deleted by an interrupted run: locked until it is gone.
            await polls.UntilAsync(Account.Clock.GetUtcNow() + limit, state => api.ProgressOf(state, leaving) != Progress.Leaving);
        }
        await AskFirstAsync(api, leaving, manners);
        if (api.Read(Account.State, leaving) is null)
        {
            if (manners.Missing == WhenMissing.Error)
            {
                throw new ProviderException(ProviderWords.Of(manners.MissingFailure!, leaving, ""));
            }
            return;
        }
        cloud.State.Put(leaving);
        cloud.Options.Interrupt(Operation.Delete, leaving);
        try
        {
            await SendAsync(api, leaving, manners);
        }
        catch (ProviderException exception) when (exception.IsLost && api.Type is Types.Droplet or Types.Vpc)
        {
            // It reads the status of an answer that it has not: the plugin ends, and the result is unknown.
            throw new IOException("rpc error: code = Unavailable desc = error reading from server: EOF", exception);
        }
        catch (ProviderException exception) when (exception.Refusal is not null && api.Type == Types.Droplet)
        {
            // It looks at no refusal but 404, and waits for a Droplet that no one deletes.
        }
        if (api.Type == Types.Droplet && !await GoneAsync(api, leaving, manners, Account.Clock.GetUtcNow() + limit))
        {
            // While it is locked, the provider knows no state of it.
            var last = api.ProgressOf(Account.State, leaving) == Progress.Leaving ? null : "active";
            throw new ProviderException(
                ProviderWords.Of(manners.Failure!, leaving, ProviderWords.Timeout("Not Found", last, limit)));
        }
    }

    /// <summary>Reads what a deletion depends on: whether a Droplet is locked, and the id of a certificate's name.</summary>
    private async Task AskFirstAsync(DigitalOceanKind api, CloudResource leaving, Deletion? manners)
    {
        if (manners is not null && api.Type is Types.Droplet or Types.Certificate)
        {
            var call = api.Reading(Account.State, leaving);
            await client.ReadAsync(api.Type == Types.Certificate ? call : call with
            {
                Failure = $"Error waiting for droplet to be unlocked for destroy ({leaving.Id}): {call.Failure}",
            }, leaving, Operation.Delete);
        }
    }

    /// <summary>Sends the request, and sends it again while the API refuses it for something that ends by itself.</summary>
    private async Task SendAsync(DigitalOceanKind api, CloudResource leaving, Deletion? manners)
    {
        var latest = Account.Clock.GetUtcNow() + (manners?.Wait.Limit(leaving.DeleteTimeout) ?? TimeSpan.Zero);
        foreach (var wait in (manners?.Repeat?.Times ?? PollTimes.Usual).Waits().Skip(1))
        {
            var request = api.Delete(Account.State, leaving);
            // Before it is sent: what holds it may have gone by the time of the answer.
            var wasHeld = api.IsHeld(Account.State, leaving);
            try
            {
                await client.SendAsync(request, leaving, Operation.Delete, manners?.Missing == WhenMissing.Tolerated);
                return;
            }
            catch (ProviderException exception) when (IsRepeated(manners, exception))
            {
                var now = Account.Clock.GetUtcNow();
                if (now >= latest)
                {
                    throw new ProviderException(ProviderWords.Of(manners!.Failure!, leaving,
                        ProviderException.Answer(request.Method, request.Path, exception.Refusal!.Status, exception.Refusal.Message)));
                }
                await polls.UntilAsync(ProviderPolls.Earlier(now + wait, latest), state => wasHeld && !api.IsHeld(state, leaving));
            }
        }
    }

    private static bool IsRepeated(Deletion? manners, ProviderException exception) =>
        manners?.Repeat is { } repeat && exception.Refusal is { } refusal
            && repeat.On.Any(known => $"{refusal.Status} {refusal.Message}".StartsWith(known, StringComparison.Ordinal));

    /// <summary>Asks for a Droplet until it is not found.</summary>
    private async Task<bool> GoneAsync(DigitalOceanKind api, CloudResource leaving, Deletion manners, DateTimeOffset latest)
    {
        var call = api.Reading(Account.State, leaving);
        return await polls.UntilAsync(
            call with { Failure = ProviderWords.Of(manners.Failure!, leaving, call.Failure) }, PollTimes.Usual, leaving, Operation.Delete,
            latest, IsGone);

        bool IsGone(AccountState state) => api.ProgressOf(state, leaving) == Progress.Gone
            // A deletion that failed is over; the provider would ask on.
            || (!cloud.Options.IsLikePulumi && api.ProgressOf(state, leaving) != Progress.Leaving);
    }
}
