using System.Collections.Immutable;
using System.Globalization;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Images;

/// <summary>
/// An image that Droplets boot from: one of DigitalOcean's, a snapshot of the account, or what was to be imported from a URL.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>base</c>, <c>snapshot</c> or <c>custom</c>.</param>
/// <param name="Distribution">As <c>Ubuntu</c>.</param>
/// <param name="Slug">Only DigitalOcean's have one.</param>
/// <param name="Regions">Regions that have a copy.</param>
/// <param name="MinDiskSize">Smallest disk of a Droplet that boots from it, in GB.</param>
/// <param name="SizeGigabytes">Its size, in GB.</param>
/// <param name="Description">Free text.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="CreatedAt">Time of its creation.</param>
/// <param name="DropletId">The Droplet that it is a snapshot of; null: it is none.</param>
/// <param name="BaseSlug">Slug of the image that the Droplet of a snapshot booted from.</param>
internal sealed record CloudImage(
    long Id, string Name, string Type, string Distribution, string? Slug, ImmutableArray<string> Regions, int MinDiskSize,
    decimal SizeGigabytes, string Description, ImmutableArray<string> Tags, DateTimeOffset CreatedAt, long? DropletId = null,
    string? BaseSlug = null) : ITagged
{
    public const string Base = "base";
    public const string Snapshot = "snapshot";
    public const string ResourceType = "image";

    public string Key => KeyOf(Id);

    public string TaggedType => ResourceType;

    public const string Custom = "custom";
    public const string New = "NEW";
    public const string Available = "available";
    public const string Deleted = "deleted";

    /// <summary><c>NEW</c>, <c>available</c> or <c>deleted</c>: an import that failed.</summary>
    public string Status { get; init; } = Available;

    /// <summary>Why an import failed.</summary>
    public string ErrorMessage { get; init; } = "";

    public bool IsPublic => DropletId is null && Type != Custom;

    public ITagged WithTags(ImmutableArray<string> tags) => this with { Tags = tags };

    public static string KeyOf(long id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>The image as the API shows it, also inside of a Droplet.</summary>
    public object View() => new
    {
        Id,
        Name,
        Distribution,
        Slug,
        Public = IsPublic,
        Regions,
        CreatedAt,
        Type,
        MinDiskSize,
        SizeGigabytes,
        Description,
        Tags,
        Status,
        ErrorMessage,
    };
}

/// <summary>The members of a request that changes an image.</summary>
internal sealed record ImageRequest(
    string? Name = null, string? Distribution = null, string? Description = null, string? Url = null, string? Region = null,
    IReadOnlyList<string?>? Tags = null);

/// <summary>The members of a request for an action on an image.</summary>
internal sealed record ImageActionRequest(string? Type = null, string? Region = null);
