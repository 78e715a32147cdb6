using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Overview;

/// <summary>Who the account belongs to: made up, and the same until the account is deleted.</summary>
/// <param name="UserId">UUID of the user.</param>
/// <param name="TeamId">UUID of the team.</param>
internal sealed record AccountIdentity(string UserId, string TeamId) : IRecord
{
    private const string Only = "identity";

    public string Key => Only;

    public static AccountIdentity Of(CloudAccount account) => account.State.Find<AccountIdentity>(Only) ?? account.Change(change =>
        change.Find<AccountIdentity>(Only) ?? change.Put(new AccountIdentity(AccountChange.NewId(), AccountChange.NewId())));
}
