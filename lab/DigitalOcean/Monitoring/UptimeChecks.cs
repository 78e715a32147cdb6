using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Monitoring;

/// <summary>What DigitalOcean does with uptime checks, and refuses.</summary>
internal static class UptimeChecks
{
    // Specification 2.0, schemas check_updatable and alert_updatable.
    private static readonly string[] s_types = ["ping", "http", "https"];
    private static readonly string[] s_regions = ["us_east", "us_west", "eu_west", "se_asia"];
    private static readonly string[] s_alerts = ["latency", "down", "down_global", "ssl_expiry"];
    private static readonly string[] s_comparisons = ["greater_than", "less_than"];
    private static readonly string[] s_periods = ["2m", "3m", "5m", "10m", "15m", "30m", "1h"];

    /// <summary>Creates a check, or changes the one of an id.</summary>
    public static UptimeCheck Put(AccountChange change, string? id, UptimeCheckRequest request)
    {
        var before = id is null ? null : change.Get<UptimeCheck>(id);
        var name = request.Name ?? before?.Name;
        var target = request.Target ?? before?.Target;
        // The Terraform provider sends neither type nor regions unless they are configured, and would change regions that it did not send.
        var type = request.Type is { Length: > 0 } asked ? asked : before?.Type ?? "https";
        var regions = request.Regions is { Count: > 0 } given ? given : before?.Regions.ToList() ?? [];
        if (string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(target))
        {
            throw ApiError.Unprocessable("name and target are required");
        }
        if (!s_types.Contains(type) || regions.Any(region => !s_regions.Contains(region)))
        {
            throw ApiError.Unprocessable(
                $"type must be one of {string.Join(", ", s_types)}, each region one of {string.Join(", ", s_regions)}");
        }
        if (type != "ping" && !(Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            throw ApiError.Unprocessable("target must be a URL");
        }
        return change.Put((before ?? new UptimeCheck(AccountChange.NewId(), "", "", "", [], true) { StatusChangedAt = change.Now }) with
        {
            Name = name,
            Type = type,
            Target = target,
            Regions = [.. regions.OfType<string>().Distinct()],
            Enabled = request.Enabled ?? before?.Enabled ?? true,
        });
    }

    /// <summary>Deletes a check and its alerts.</summary>
    public static void Delete(AccountChange change, string id)
    {
        change.Remove(change.Get<UptimeCheck>(id));
        foreach (var alert in change.All<UptimeAlert>().Where(alert => alert.CheckId == id))
        {
            change.Remove(alert);
        }
    }

    /// <summary>Creates an alert of a check, or changes the one of an id.</summary>
    public static UptimeAlert PutAlert(AccountChange change, string check, string? id, UptimeAlertRequest request)
    {
        _ = change.Get<UptimeCheck>(check);
        var before = id is null ? null : Alert(change.State, check, id);
        if (string.IsNullOrWhiteSpace(request.Name) || !s_alerts.Contains(request.Type) || !s_periods.Contains(request.Period))
        {
            throw ApiError.Unprocessable(
                $"name is required, type must be one of {string.Join(", ", s_alerts)}, period one of {string.Join(", ", s_periods)}");
        }
        var comparison = request.Comparison is { Length: > 0 } ? request.Comparison : null;
        if (comparison is not null && !s_comparisons.Contains(comparison))
        {
            throw ApiError.Unprocessable($"comparison must be one of {string.Join(", ", s_comparisons)}");
        }
        if (request.Type == "latency" && request.Threshold is null or < 0)
        {
            throw ApiError.Unprocessable("threshold is required");
        }
        return change.Put(new UptimeAlert(before?.Id ?? AccountChange.NewId(), check, request.Name!, request.Type!, request.Threshold,
            comparison, NotificationsRequest.Checked(request.Notifications, "notifications"), request.Period!));
    }

    /// <exception cref="ApiError">404.</exception>
    public static UptimeAlert Alert(AccountState state, string check, string id) =>
        state.Get<UptimeAlert>(id) is var alert && alert.CheckId == check ? alert : throw ApiError.NotFound();
}
