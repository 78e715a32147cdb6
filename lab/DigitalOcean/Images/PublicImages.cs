using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Images;

/// <summary>DigitalOcean's images, of <c>images.json</c>.</summary>
internal static class PublicImages
{
    /// <summary>
    /// Regions that the specification 2.0 knows for images. The newer ones have them too, and its answers do not say so.
    /// </summary>
    private static readonly string[] s_regions =
        ["ams1", "ams2", "ams3", "blr1", "fra1", "lon1", "nyc1", "nyc2", "nyc3", "sfo1", "sfo2", "sfo3", "sgp1", "tor1", "syd1"];

    public static IReadOnlyList<CloudImage> All { get; } =
    [
        .. CloudFacts.Read<File>("images.json").Images.Select(row => new CloudImage(row.Id, row.Name, CloudImage.Base, row.Distribution,
            row.Slug, [.. CloudRegion.Available.Intersect(s_regions)], row.MinDiskSize, row.SizeGigabytes, row.Description, [],
            row.CreatedAt)),
    ];

    /// <summary>Regions that a view of an image may name.</summary>
    public static ImmutableArray<string> Known(string region) => s_regions.Contains(region) ? [region] : [];

    private sealed record File(IReadOnlyList<Row> Images);

    private sealed record Row(
        long Id, string Name, string Distribution, string Slug, int MinDiskSize, decimal SizeGigabytes, string Description,
        DateTimeOffset CreatedAt, string Source, DateOnly SourceDate);
}
