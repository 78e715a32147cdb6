using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Monitoring;

/// <summary>An address that is asked every minute.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>ping</c>, <c>http</c> or <c>https</c>.</param>
/// <param name="Target">URL, or an address for ping.</param>
/// <param name="Regions">Where it is asked from, as chosen; empty: nothing was.</param>
/// <param name="Enabled">Whether it is asked.</param>
internal sealed record UptimeCheck(
    string Id, string Name, string Type, string Target, ImmutableArray<string> Regions, bool Enabled) : IRecord
{
    public const string Checking = "CHECKING";
    public const string Up = "UP";
    public const string Down = "DOWN";

    public string Key => Id;

    /// <summary>What the last question found.</summary>
    public string Status { get; init; } = Checking;

    /// <summary>Since when.</summary>
    public DateTimeOffset StatusChangedAt { get; init; }

    /// <summary>Begin and end of the last time that it was down; null: it never was, or still is for the first time.</summary>
    public UptimeOutage? PreviousOutage { get; init; }

    /// <summary>Number of questions, and of those that were answered.</summary>
    public long Asked { get; init; }

    public long Answered { get; init; }

    /// <summary>Where it is asked from.</summary>
    private IReadOnlyList<string> AskedFrom => Regions.IsEmpty ? ["us_east"] : Regions;

    public object View() => new { Id, Name, Type, Target, Regions, Enabled };

    /// <summary>The state as the API shows it: all regions are one place here.</summary>
    public object State()
    {
        var regions = AskedFrom.ToDictionary(region => region, _ => (object)new
        {
            Status,
            StatusChangedAt,
            ThirtyDayUptimePercentage = Asked == 0 ? 100 : Math.Round(100m * Answered / Asked, 2),
        });
        return PreviousOutage is not { } outage ? new { Regions = regions } : new
        {
            Regions = regions,
            PreviousOutage = new
            {
                Region = AskedFrom[0],
                outage.StartedAt,
                outage.EndedAt,
                DurationSeconds = (long)(outage.EndedAt - outage.StartedAt).TotalSeconds,
            },
        };
    }

    /// <summary>The check after one more question.</summary>
    public UptimeCheck After(bool isUp, DateTimeOffset now)
    {
        var status = isUp ? Up : Down;
        var next = this with { Asked = Asked + 1, Answered = Answered + (isUp ? 1 : 0) };
        return status == Status ? next : next with
        {
            Status = status,
            StatusChangedAt = now,
            PreviousOutage = Status == Down ? new(StatusChangedAt, now) : PreviousOutage,
        };
    }
}

/// <summary>A time without an answer.</summary>
internal sealed record UptimeOutage(DateTimeOffset StartedAt, DateTimeOffset EndedAt);

/// <summary>A message about a check. It is kept, not sent.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="CheckId">The check.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>latency</c>, <c>down</c>, <c>down_global</c> or <c>ssl_expiry</c>.</param>
/// <param name="Threshold">Limit of latency in ms, or of the certificate in days.</param>
/// <param name="Comparison"><c>greater_than</c> or <c>less_than</c>; null: the type has none.</param>
/// <param name="Notifications">Who is told.</param>
/// <param name="Period">How long it must last: <c>2m</c>.</param>
internal sealed record UptimeAlert(
    string Id, string CheckId, string Name, string Type, int? Threshold, string? Comparison, Notifications Notifications, string Period)
    : IRecord
{
    public string Key => Id;

    public object View()
    {
        var view = new Dictionary<string, object>
        {
            ["id"] = Id,
            ["name"] = Name,
            ["type"] = Type,
            ["notifications"] = Notifications,
            ["period"] = Period,
        };
        if (Threshold is { } threshold)
        {
            view["threshold"] = threshold;
        }
        if (Comparison is not null)
        {
            view["comparison"] = Comparison;
        }
        return view;
    }
}

/// <summary>The members of a request that creates or changes a check; null: not given.</summary>
internal sealed record UptimeCheckRequest(
    string? Name = null, string? Type = null, string? Target = null, IReadOnlyList<string?>? Regions = null, bool? Enabled = null);

/// <summary>The members of a request that creates or changes an alert; null: not given.</summary>
internal sealed record UptimeAlertRequest(
    string? Name = null, string? Type = null, int? Threshold = null, string? Comparison = null, NotificationsRequest? Notifications = null,
    string? Period = null);
