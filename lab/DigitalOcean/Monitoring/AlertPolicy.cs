using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Monitoring;

/// <summary>
/// A rule that mails when a measured value of Droplets or load balancers is too large or small. It is kept and not evaluated: the API has
/// no place where a client could see the result.
/// </summary>
/// <param name="Uuid">Its UUID.</param>
/// <param name="Type">What is measured: <c>v1/insights/droplet/cpu</c>.</param>
/// <param name="Description">Its name for people.</param>
/// <param name="Compare"><c>GreaterThan</c> or <c>LessThan</c>.</param>
/// <param name="Value">The limit.</param>
/// <param name="Window"><c>5m</c>, <c>10m</c>, <c>30m</c> or <c>1h</c>.</param>
/// <param name="Entities">Ids of resources; with no tags either: all.</param>
/// <param name="Tags">Tags of Droplets.</param>
/// <param name="Alerts">Who is told.</param>
/// <param name="Enabled">Whether it counts.</param>
internal sealed record AlertPolicy(
    string Uuid, string Type, string Description, string Compare, decimal Value, string Window, ImmutableArray<string> Entities,
    ImmutableArray<string> Tags, Notifications Alerts, bool Enabled) : IRecord
{
    public string Key => Uuid;

    public object View() => new { Uuid, Type, Description, Compare, Value, Window, Entities, Tags, Alerts, Enabled };
}

/// <summary>Who is told of an alert.</summary>
/// <param name="Email">Addresses.</param>
/// <param name="Slack">Channels.</param>
internal sealed record Notifications(ImmutableArray<string> Email, ImmutableArray<SlackChannel> Slack);

/// <summary>A channel of Slack.</summary>
internal sealed record SlackChannel(string Channel, string Url);

/// <summary>The members of a request with notifications; null: not given.</summary>
internal sealed record NotificationsRequest(IReadOnlyList<string?>? Email = null, IReadOnlyList<SlackRequest?>? Slack = null)
{
    /// <summary>godo sends null for a list that the user did not give, so a missing list is an empty one.</summary>
    /// <exception cref="ApiError">422: it is missing, or an entry of it is incomplete.</exception>
    public static Notifications Checked(NotificationsRequest? request, string member)
    {
        var (mail, slack) = (request?.Email ?? [], request?.Slack ?? []);
        if (request is null || mail.Any(string.IsNullOrWhiteSpace) || slack.Any(one => one is not { Channel: not null, Url: not null }))
        {
            throw ApiError.Unprocessable($"{member} must have email and slack, each of a list");
        }
        return new([.. mail.OfType<string>()], [.. slack.Select(one => new SlackChannel(one!.Channel!, one.Url!))]);
    }
}

/// <summary>A channel of Slack in a request.</summary>
internal sealed record SlackRequest(string? Channel = null, string? Url = null);

/// <summary>The members of a request that creates or changes a policy; null: not given.</summary>
internal sealed record AlertPolicyRequest(
    string? Type = null, string? Description = null, string? Compare = null, decimal? Value = null, string? Window = null,
    IReadOnlyList<string?>? Entities = null, IReadOnlyList<string?>? Tags = null, NotificationsRequest? Alerts = null,
    bool? Enabled = null);
