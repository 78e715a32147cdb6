using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Overview;

/// <summary>The account, its regions and sizes, and all its actions over HTTP.</summary>
internal static class OverviewRoutes
{
    /// <summary>Reserved addresses that an account may have (docs.digitalocean.com, reserved IPs limits; 2026).</summary>
    private const int ReservedAddressLimit = 3;

    /// <summary>Of a token that may do everything.</summary>
    private static readonly ImmutableArray<string> s_allScopes = ["read", "write"];

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", "/v2/account", "account:read", "User and team are made up.", _ => ApiAnswer.Ok(new { Account = View(account) })),
        // Of cloud.digitalocean.com: doctl auth init asks it (doctl, do/oauth.go).
        new("GET", "/v1/oauth/token/info", null, "The owner is made up.", request =>
        {
            var token = account.State.Get<ApiToken>(ApiToken.KeyOf(request.Token));
            return ApiAnswer.Ok(new
            {
                ResourceOwnerId = 1,
                Scopes = token.Scopes.IsEmpty ? s_allScopes : token.Scopes,
                ExpiresInSeconds = (long?)null,
                Application = new { Uid = "" },
                CreatedAt = account.Clock.GetUtcNow().ToUnixTimeSeconds(),
            });
        }),
        new("GET", "/v2/regions", "regions:read", null, request =>
            request.Page("regions", CloudRegion.All, region => CloudRegion.View(account.Settings, region))),
        new("GET", "/v2/sizes", "sizes:read", "Ten sizes without a GPU.", request => request.Page(
            "sizes", [.. CloudSize.All(account.Settings).Where(size => size.IsListed)], size => size.View())),
        new("GET", "/v2/actions", "actions:read", "The last 10,000.", request =>
            request.Page("actions", [.. account.State.All<AccountAction>().Reverse()], action => action.View(account.Settings))),
        new("GET", "/v2/actions/{action_id}", "actions:read", null, request => ApiAnswer.Ok(new
        {
            Action = account.State.Get<AccountAction>(AccountAction.KeyOf(request.RouteNumber("action_id"))).View(account.Settings),
        })),
    ];

    private static object View(CloudAccount account)
    {
        var identity = AccountIdentity.Of(account);
        return new
        {
            account.Settings.DropletLimit,
            FloatingIpLimit = ReservedAddressLimit,
            ReservedIpLimit = ReservedAddressLimit,
            account.Settings.VolumeLimit,
            Email = "sammy@example.com",
            Name = "Sammy",
            Uuid = identity.UserId,
            EmailVerified = true,
            Status = "active",
            StatusMessage = "",
            Team = new { Uuid = identity.TeamId, Name = "My Team" },
        };
    }
}
