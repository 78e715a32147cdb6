using Infra.Planning.Catalog;
using Infra.Planning.Placements;

namespace Infra.Lab.Host;

/// <summary>The hardware description of a server for the fakes: <c>/usr/lib/lab-machine/gpu.json</c>.</summary>
/// <param name="Vendor"><c>nvidia</c>, <c>amd</c> or <c>none</c>.</param>
/// <param name="Name">Name of the card.</param>
/// <param name="Count">Number of cards; 0: missing cards.</param>
/// <param name="MemoryMiB">Memory of each card as the driver reports it.</param>
/// <param name="Driver">Version of the driver.</param>
/// <param name="TorchGiB">Memory of each card as the framework sees it.</param>
/// <param name="Engine">The planned values of the engine; null if nothing was planned for this server.</param>
internal sealed record MachineDescription(
    string Vendor, string Name, int Count, int MemoryMiB, string Driver, double TorchGiB, EngineExpectation? Engine)
{
    /// <summary>Path on a server and in its containers.</summary>
    public const string Path = "/usr/lib/lab-machine/gpu.json";

    // The driver reports more than the framework can use: 143,771 MiB against 139.8 GiB of an H200, 46,068 MiB against 44.4 GiB of an L40S.
    private const int DriverOverheadMiB = 512;

    /// <summary>Used if the catalog has no driver version for an image: new enough for all engines.</summary>
    private const string UnknownDriver = "580.173.02";

    /// <summary><see cref="Vendor"/> of a machine without cards.</summary>
    public const string NoVendor = "none";

    /// <summary>A machine without cards.</summary>
    public static MachineDescription Plain { get; } = new(NoVendor, "", 0, 0, "", 0, null);

    /// <summary>The description for a size, with the values from the sizing.</summary>
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

/// <summary>Speed of the fake engine.</summary>
/// <param name="LoadSeconds">Seconds to read the weights.</param>
/// <param name="CompileSeconds">Seconds to compile without a cache.</param>
/// <param name="TokensPerSecond">
/// Tokens per second of one stream; 0: unlimited; null: the bound that the plan computed for the card.
/// </param>
internal sealed record EngineSpeed(double LoadSeconds, double CompileSeconds, double? TokensPerSecond)
{
    public static readonly EngineSpeed Default = new(0.3, 0.2, null);
}

/// <summary>Values from the sizing, which the fake engine reports like vLLM reports its measurements.</summary>
/// <param name="WeightsGiB">Weights per GPU.</param>
/// <param name="KvGiB">KV cache per GPU.</param>
/// <param name="KvTokens">KV cache tokens of one engine.</param>
/// <param name="LoadSeconds">Seconds to read the weights.</param>
/// <param name="CompileSeconds">Seconds to compile.</param>
/// <param name="TokensPerSecond">Tokens per second of one stream; 0: unlimited.</param>
internal sealed record EngineExpectation(
    double WeightsGiB, double KvGiB, long KvTokens, double LoadSeconds, double CompileSeconds, double TokensPerSecond)
{
    public static EngineExpectation Of(Placement placement, EngineSpeed speed) => new(
        Math.Round(placement.Memory.WeightsGiB, 2), Math.Round(placement.Memory.KvGiB, 2), placement.Memory.KvTokens,
        speed.LoadSeconds, speed.CompileSeconds, Math.Round(speed.TokensPerSecond ?? placement.SingleStreamTokensPerSecondBound ?? 0));
}
