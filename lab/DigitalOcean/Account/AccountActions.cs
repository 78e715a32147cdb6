using System.Globalization;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>An action of the API: something that a resource does or did.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status"><c>in-progress</c>, <c>completed</c> or <c>errored</c>.</param>
/// <param name="Type">What: <c>create</c>, <c>power_off</c>, <c>attach_volume</c>.</param>
/// <param name="StartedAt">Its begin.</param>
/// <param name="CompletedAt">Its end; null while it is in progress.</param>
/// <param name="ResourceId">Id of the resource, where that is a number; else null.</param>
/// <param name="ResourceType"><c>droplet</c>, <c>image</c>, <c>volume</c>.</param>
/// <param name="RegionSlug">Region of the resource.</param>
/// <param name="Subject">Key of the resource.</param>
internal sealed record AccountAction(
    long Id, string Status, string Type, DateTimeOffset StartedAt, DateTimeOffset? CompletedAt, long? ResourceId, string ResourceType,
    string? RegionSlug, string Subject = "") : IRecord
{
    public const string InProgress = "in-progress";
    public const string Completed = "completed";
    public const string Errored = "errored";

    public string Key => KeyOf(Id);

    /// <summary>The action as the API shows it.</summary>
    /// <param name="settings">What the account may have, for the action's region.</param>
    public object View(AccountSettings settings) => new
    {
        Id,
        Status,
        Type,
        StartedAt,
        CompletedAt,
        ResourceId,
        ResourceType,
        Region = RegionSlug is null ? null : CloudRegion.View(settings, RegionSlug),
        RegionSlug,
    };

    public static string KeyOf(long id) => id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Begin and end of actions.</summary>
internal static class AccountActions
{
    /// <summary>
    /// How many are kept. How many DigitalOcean keeps is not known; without an end, an account that lives long would grow with each action.
    /// </summary>
    public const int Most = 10_000;

    /// <summary>Records an action and its work.</summary>
    /// <param name="change">The change.</param>
    /// <param name="type">See <see cref="AccountAction"/>.</param>
    /// <param name="resourceType">See <see cref="AccountAction"/>.</param>
    /// <param name="subject">Key of the resource.</param>
    /// <param name="region">Its region.</param>
    /// <param name="kind">Kind of the work.</param>
    /// <param name="takes">How long it takes at least.</param>
    public static AccountAction Begin(
        AccountChange change, string type, string resourceType, string subject, string? region, string kind, TimeSpan takes)
    {
        if (change.All<AccountAction>() is { Count: >= Most } all && all.FirstOrDefault(one => one.CompletedAt is not null) is { } oldest)
        {
            change.Remove(oldest);
        }
        var id = change.NextNumber();
        var action = change.Put(new AccountAction(id, AccountAction.InProgress, type, change.Now, null,
            long.TryParse(subject, CultureInfo.InvariantCulture, out var number) ? number : null, resourceType, region, subject));
        change.Put(new Work(kind, subject, change.Now + takes, id));
        return action;
    }

    public static void End(AccountChange change, long id, Exception? failure)
    {
        if (change.Find<AccountAction>(AccountAction.KeyOf(id)) is { } action)
        {
            change.Put(action with
            {
                Status = failure is null ? AccountAction.Completed : AccountAction.Errored,
                CompletedAt = change.Now,
            });
        }
    }
}
