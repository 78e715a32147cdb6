using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>
/// Policies of backups over HTTP. Members as godo 3fce660 reads them (<c>droplets.go</c>): the excerpt of the specification has none.
/// </summary>
internal static class BackupRoutes
{
    private const string Id = "droplet_id";
    private const string Read = "droplet:read";
    private const string All = "/v2/droplets/backups";

    // Specification 2.0, droplet_backup_policy, and godo's droplets_test.go: daily backups are kept for 7 days, weekly ones for 28.
    private const int WindowHours = 4;
    private const int DaysOfDaily = 7;
    private const int DaysOfWeekly = 28;

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", $"{DropletRoutes.One}/backups/policy", Read, "No backup is made.", request =>
            ApiAnswer.Ok(new { Policy = Policy(DropletRecords.Get(account.State, request.RouteNumber(Id))) })),
        new("GET", $"{All}/policies", Read, null, request =>
            request.Pages("policies", [.. account.State.All<Droplet>().Where(droplet => droplet.Backups is not null)],
                droplet => droplet.Key, Policy)),
        new("GET", $"{All}/supported_policies", Read, null, _ => ApiAnswer.Ok(new
        {
            SupportedPolicies = new[] { Supported("weekly", DaysOfWeekly, DropletRules.Weekdays), Supported("daily", DaysOfDaily, []) },
        })),
    ];

    private static object Policy(Droplet droplet) => droplet.Backups is not { } policy
        ? new { DropletId = droplet.Id, BackupEnabled = false }
        : new
        {
            DropletId = droplet.Id,
            BackupEnabled = true,
            BackupPolicy = new
            {
                Plan = policy.Plan ?? "daily",
                policy.Weekday,
                Hour = policy.Hour ?? 0,
                WindowLengthHours = WindowHours,
                RetentionPeriodDays = policy.Plan == "weekly" ? DaysOfWeekly : DaysOfDaily,
            },
            NextBackupWindow = DropletView.BackupWindow(droplet),
        };

    private static object Supported(string name, int days, IReadOnlyList<string> weekdays) => new
    {
        Name = name,
        PossibleWindowStarts = DropletRules.BackupHours,
        WindowLengthHours = WindowHours,
        RetentionPeriodDays = days,
        PossibleDays = weekdays,
    };
}
