using System.Diagnostics;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Manners;

/// <summary>
/// The waits of the provider. It asks the API again and again; a question fails as any request does, and then the wait fails. What is asked
/// for is known here without asking, so a wait ends at once, with one question for all: no test and no user waits for the next one.
/// </summary>
internal sealed class ProviderPolls(CloudContext cloud, ProviderClient client)
{
    private CloudAccount Account => cloud.State.Account;

    /// <summary>Waits until the records are as wanted, and an answer has said so.</summary>
    /// <param name="call">The question.</param>
    /// <param name="times">When it is asked.</param>
    /// <param name="resource">The resource that it is about.</param>
    /// <param name="operation">What the engine does.</param>
    /// <param name="latest">When the provider gives up, by the account's clock.</param>
    /// <param name="wanted">What it waits for.</param>
    /// <returns>Whether it is so; false: it was not in time.</returns>
    /// <exception cref="ProviderException">A question was refused, or failed too often.</exception>
    public async Task<bool> UntilAsync(
        ProviderCall call, PollTimes times, CloudResource resource, Operation operation, DateTimeOffset latest,
        Func<AccountState, bool> wanted)
    {
        foreach (var wait in times.Waits())
        {
            if (!await UntilAsync(Earlier(Account.Clock.GetUtcNow() + wait, latest), wanted) && Account.Clock.GetUtcNow() >= latest)
            {
                return false;
            }
            await client.ReadAsync(call, resource, operation);
            if (wanted(Account.State))
            {
                return true;
            }
        }
        throw new UnreachableException();
    }

    /// <summary>Waits until the records are as wanted, or until a time of the account's clock.</summary>
    public async Task<bool> UntilAsync(DateTimeOffset latest, Func<AccountState, bool> wanted)
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

    public static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
