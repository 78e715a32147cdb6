using System.ComponentModel.DataAnnotations;

namespace Infra.Planning.Catalog;

/// <summary>A Droplet image that GPU sizes boot from.</summary>
public sealed record BaseImage
{
    /// <summary><c>gpu-h100x1-base</c>.</summary>
    [RegularExpression(Patterns.Slug, ErrorMessage = Patterns.SlugHelp)]
    public required string Slug { get; init; }

    /// <summary>Whose driver it ships.</summary>
    public required GpuVendor Vendor { get; init; }

    /// <summary>Driver version in it; null where not read.</summary>
    [RegularExpression(Patterns.Driver, ErrorMessage = Patterns.DriverHelp)]
    public string? Driver { get; init; }

    /// <summary><c>Ubuntu 24.04</c>.</summary>
    public required string Os { get; init; }

    /// <summary>What an operator should know.</summary>
    public string? Note { get; init; }

    /// <summary>Where this was read.</summary>
    public required string Source { get; init; }

    /// <summary>When: a day, or a month where the day is not known.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}
