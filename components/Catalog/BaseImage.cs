namespace Infra.Components.Catalog;

/// <summary>A Droplet image that GPU sizes boot from.</summary>
/// <param name="Slug"><c>gpu-h100x1-base</c>.</param>
/// <param name="Vendor">Whose driver it ships.</param>
/// <param name="Driver">Driver branch in it; null where not read.</param>
/// <param name="Os"><c>Ubuntu 24.04</c>.</param>
/// <param name="Source">Where this was read.</param>
/// <param name="SourceDate">When.</param>
public sealed record BaseImage(string Slug, GpuVendor Vendor, string? Driver, string Os, string Source, string SourceDate);
