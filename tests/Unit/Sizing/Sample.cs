using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Sizing;

/// <summary>Rows of a catalog that exist in tests only.</summary>
internal static class Sample
{
    private const string Source = "a test";
    private const string Date = "2026-11-23";

    public static readonly Architecture Ministral8B = ModelCatalog.Load().Models["mistralai/Ministral-3-8B-Instruct-2512"].Architecture;

    public static ModelSpec Model(string id, Precision precision, long weightBytes, Architecture architecture, int? maxContext = null) =>
        new()
        {
            Id = id,
            Family = "sample",
            Use = ModelUse.Instruct,
            Precision = precision,
            Parameters = weightBytes,
            WeightBytes = weightBytes,
            Formats = [WeightsFormat.Hf],
            MaxContext = maxContext ?? architecture.MaxPositions,
            Architecture = architecture,
            Flags = [],
            MinimumEngine = "0.1.0",
            Hardware = Enum.GetValues<GpuArchitecture>().ToDictionary(architecture => architecture, _ => Support.Native),
            Licence = "Apache-2.0",
            Source = Source,
            SourceDate = Date,
        };

    public static Gpu Gpu(string name, GpuArchitecture architecture, double visibleGiB) => new()
    {
        Name = name,
        Vendor = architecture is GpuArchitecture.Cdna3 or GpuArchitecture.Cdna4 ? GpuVendor.Amd : GpuVendor.Nvidia,
        Architecture = architecture,
        MemoryGB = visibleGiB,
        VisibleGiB = visibleGiB,
        VisibleMeasured = true,
        BandwidthGBps = 1000,
        Source = Source,
        SourceDate = Date,
    };

    public static GpuSize Size(string slug, Gpu gpu, int count) => new()
    {
        Slug = slug,
        Gpu = gpu.Name,
        GpuCount = count,
        FastInterconnect = count > 1,
        BootDiskGB = 4000,
        UsdPerHour = 1,
        Regions = ["tor1"],
        Image = "gpu-h100x1-base",
        Availability = Availability.OnDemand,
        Source = Source,
        SourceDate = Date,
    };

    public static EngineRelease Engine(string version) => new()
    {
        Version = version,
        ReleaseDate = Date,
        Images = new Dictionary<GpuVendor, EngineImage> { [GpuVendor.Nvidia] = Image, [GpuVendor.Amd] = Image },
        DefaultGpuMemoryUtilization = 0.92,
        Breakages = [],
        Source = Source,
        SourceDate = Date,
    };

    private static EngineImage Image => new() { Repository = "docker.io/vllm/vllm-openai", Digest = $"sha256:{new string('0', 64)}" };
}
