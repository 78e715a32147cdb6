using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

/// <summary>A Droplet image that GPU sizes boot from.</summary>
public sealed record BaseImage
{
    /// <summary><c>gpu-h100x1-base</c>.</summary>
    [RegularExpression(Patterns.Slug, ErrorMessage = Patterns.SlugHelp)]
    public required string Slug { get; init; }

    /// <summary>GPU vendor of its driver.</summary>
    public required GpuVendor Vendor { get; init; }

    /// <summary>Driver version in it; null if not known.</summary>
    [RegularExpression(Patterns.Driver, ErrorMessage = Patterns.DriverHelp)]
    public string? Driver { get; init; }

    /// <summary><c>Ubuntu 24.04</c>.</summary>
    public required string Os { get; init; }

    /// <summary>
    /// Day on which a Droplet with it was last seen, by region. A region is absent if no Droplet was seen there; the image may still be
    /// available.
    /// </summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? SeenIn { get; init; }

    /// <summary>Note for the operator.</summary>
    public string? Note { get; init; }

    /// <summary>Source.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the source: a day, or a month if the day is unknown.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}
