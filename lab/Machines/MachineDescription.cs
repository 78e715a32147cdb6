using Infra.Planning.Catalog;
using Infra.Planning.Placements;

namespace Infra.Lab.Machines;

/// <summary>What the stand-ins of a server's hardware tell of it: <c>/usr/lib/lab-machine/gpu.json</c>.</summary>
/// <param name="Vendor"><c>nvidia</c> or <c>amd</c>.</param>
/// <param name="Name">Name of the card.</param>
/// <param name="Count">Cards; 0 is a machine whose cards are missing.</param>
/// <param name="MemoryMiB">Memory of each as the driver tells it.</param>
/// <param name="Driver">Version of the driver.</param>
/// <param name="TorchGiB">Memory of each as the framework sees it.</param>
/// <param name="Engine">What the plan expects of the engine; null where nothing was planned for this server.</param>
internal sealed record MachineDescription(
    string Vendor, string Name, int Count, int MemoryMiB, string Driver, double TorchGiB, EngineExpectation? Engine)
{
    /// <summary>Where a server and its containers find it.</summary>
    public const string Path = "/usr/lib/lab-machine/gpu.json";

    // The driver counts what the framework cannot use: 143,771 MiB against 139.8 GiB of an H200, 46,068 MiB against 44.4 GiB of an L40S.
    private const int DriverOverheadMiB = 512;

    /// <summary>Where the catalog does not tell the driver of an image: new enough for every engine.</summary>
    private const string UnknownDriver = "580.173.02";

    /// <summary>The description of a size, with what the sizing planned for it.</summary>
    public static MachineDescription Of(ModelCatalog catalog, string sizeSlug, Placement? placement, EngineSpeed speed)
    {
        var size = catalog.Sizes[sizeSlug];
        var gpu = catalog.Gpus[size.Gpu];
        var amd = gpu.Vendor == GpuVendor.Amd;
        return new MachineDescription(
            amd ? "amd" : "nvidia", gpu.Name, size.GpuCount, (int)(gpu.VisibleGiB * 1024) + DriverOverheadMiB,
            catalog.Images.GetValueOrDefault(size.Image)?.Driver ?? UnknownDriver, gpu.VisibleGiB,
            placement is null ? null : EngineExpectation.Of(placement, speed));
    }
}

/// <summary>How fast the stand-in engine is.</summary>
/// <param name="LoadSeconds">Reading the weights.</param>
/// <param name="CompileSeconds">Compiling, where nothing is cached.</param>
/// <param name="TokensPerSecond">Of one stream; 0: as fast as it can; null: the bound that the plan reckons for the card.</param>
internal sealed record EngineSpeed(double LoadSeconds, double CompileSeconds, double? TokensPerSecond)
{
    public static readonly EngineSpeed Default = new(0.3, 0.2, null);
}

/// <summary>What the sizing planned, which the stand-in engine reports as vLLM would what it measured.</summary>
/// <param name="WeightsGiB">Of one GPU.</param>
/// <param name="KvGiB">Left for the KV cache of one GPU.</param>
/// <param name="KvTokens">That one engine holds.</param>
/// <param name="LoadSeconds">Reading the weights.</param>
/// <param name="CompileSeconds">Compiling.</param>
/// <param name="TokensPerSecond">Of one stream; 0: as fast as it can.</param>
internal sealed record EngineExpectation(
    double WeightsGiB, double KvGiB, long KvTokens, double LoadSeconds, double CompileSeconds, double TokensPerSecond)
{
    public static EngineExpectation Of(Placement placement, EngineSpeed speed) => new(
        Math.Round(placement.Memory.WeightsGiB, 2), Math.Round(placement.Memory.KvGiB, 2), placement.Memory.KvTokens,
        speed.LoadSeconds, speed.CompileSeconds, Math.Round(speed.TokensPerSecond ?? placement.SingleStreamTokensPerSecondBound ?? 0));
}
