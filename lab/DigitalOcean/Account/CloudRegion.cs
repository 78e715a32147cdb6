namespace Infra.Lab.DigitalOcean.Account;

/// <summary>A region: a row of <c>data/regions.json</c>.</summary>
/// <param name="Slug">As <c>nyc2</c>.</param>
/// <param name="Name">As <c>New York 2</c>.</param>
/// <param name="Features">What it offers, as the API lists it.</param>
/// <param name="IsAvailable">Whether Droplets can be created there.</param>
/// <param name="HasBasicSizes">Whether it has the sizes of <c>data/sizes.json</c>; GPU sizes name their regions themselves.</param>
/// <param name="Source">Source.</param>
/// <param name="SourceDate">Date of the source.</param>
internal sealed record CloudRegion(
    string Slug, string Name, IReadOnlyList<string> Features, bool IsAvailable, bool HasBasicSizes, string Source, DateOnly SourceDate)
{
    public static IReadOnlyList<CloudRegion> All { get; } = CloudFacts.Read<File>("regions.json").Regions;

    /// <summary>Slugs of the regions where something can be created.</summary>
    public static IReadOnlySet<string> Available { get; } =
        All.Where(region => region.IsAvailable).Select(region => region.Slug).ToHashSet(StringComparer.Ordinal);

    /// <summary>Null: there is none.</summary>
    public static CloudRegion? Find(string slug) => All.FirstOrDefault(region => region.Slug == slug);

    /// <summary>The region as the API shows it, also inside of Droplets, Volumes and actions.</summary>
    /// <param name="settings">What the account may have.</param>
    /// <param name="slug">Slug.</param>
    public static object View(AccountSettings settings, string slug) => View(settings, Find(slug)!);

    /// <inheritdoc cref="View(AccountSettings, string)"/>
    public static object View(AccountSettings settings, CloudRegion region) => new
    {
        region.Name,
        region.Slug,
        region.Features,
        Available = region.IsAvailable,
        Sizes = CloudSize.All(settings).Where(size => size.IsListed && size.Regions.Contains(region.Slug))
            .Select(size => size.Slug).ToList(),
    };

    private sealed record File(IReadOnlyList<CloudRegion> Regions);
}
