using System.Collections.Immutable;
using System.Globalization;
using Infra.Cli.Project;
using Infra.Lab.Host;
using Infra.Lab.Mirrors;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;

namespace Infra.Lab.Benches;

/// <summary>
/// The parameters of the boot benchmark. Bytes and bandwidths have the same scale, so that a download takes as long as the real one.
/// Everything else (boot, dpkg, pip, engine start) takes its time on this machine, or a published time.
/// </summary>
/// <param name="Model">The model.</param>
/// <param name="Scale">Scale of sizes and bandwidths.</param>
/// <param name="MegabytesPerSecond">Real bandwidth of each origin.</param>
/// <param name="ImageBytes">Real compressed bytes of the engine's image.</param>
/// <param name="WeightBytes">Real bytes of one copy of the weights.</param>
/// <param name="WheelBytes">Real bytes of the wheels that pip fetches.</param>
/// <param name="EngineSeconds">Engine time from start to first answer with all files on disk.</param>
/// <param name="Install">Installation method of the engine.</param>
internal sealed record BootParameters(
    string Model, double Scale, double MegabytesPerSecond, long ImageBytes, long WeightBytes, long WheelBytes, double EngineSeconds,
    EngineInstall Install)
{
    /// <summary>The model of the tutorial's command.</summary>
    public const string TutorialModel = "mistralai/Ministral-3-8B-Instruct-2512";

    /// <summary>The other model of the tutorial.</summary>
    public const string SmallModel = "mistralai/Ministral-3-3B-Instruct-2512";

    public static readonly string[] Models = [SmallModel, TutorialModel];

    public const int ContextLength = 4096;
    public const string Endpoint = "chat";
    public const string Stack = "bench";

    /// <summary>
    /// Observed for single origins: 95 MB/s (57 GB of layers in about 10 minutes on a Droplet, unpacking included, September 2026) and 105
    /// MB/s (Hugging Face, 17.19 GB in 164 s on an RTX 3090 host, 2026).
    /// </summary>
    public const double DefaultMegabytesPerSecond = 100;

    /// <summary>Llama-3.2-3B, vLLM 0.30.0, a fresh container, files local.</summary>
    public const double DefaultEngineSeconds = 82;

    // The weights of the largest model must fit into a mirror, and the image must be larger than the fake engine.
    private const double DefaultScale = 1.0 / 200;

    // The wheels of 10 MB and more, of logs of pip and listings of wheel houses from May to October 2026: torch 2.11.0 for CUDA 13 with
    // what it requires 2.70 GB, vLLM 0.30.0 0.31 GB, flashinfer-cubin 0.6.12 0.45 GB (0.6.18 has 1.2 GB). A lower bound.
    private const long Wheels = 3_460_000_000;

    // Share of the engine's time that reads weights; the rest compiles and captures. Both are waits here.
    private const double LoadShare = 0.4;

    /// <summary>Size of the mirrors' content.</summary>
    public ContentSize Size() => new(Scale, (int)(WheelBytes * Scale));

    /// <summary>Seconds of the slower of the two downloads at line rate, each from its own origin, without anything else.</summary>
    public double LimitSeconds =>
        Math.Max(Install == EngineInstall.Container ? ImageBytes : WheelBytes, WeightBytes) / (MegabytesPerSecond * 1e6);

    public static BootParameters Of(string model, double megabytesPerSecond, double engineSeconds, EngineInstall install)
    {
        var placement = StackPlan.Read(ConfigValues(model, install)).Endpoints.Single().Placement;
        return new BootParameters(
            model, DefaultScale, megabytesPerSecond, placement.Engine.Images.Values.Max(image => image.CompressedBytes ?? 0),
            placement.Model.WeightBytes,
            Wheels, engineSeconds, install);
    }

    /// <summary>The stack for both: one small server, private.</summary>
    public StackFile Configuration(string stack) => new("inference", stack, ConfigValues(Model, Install), ImmutableHashSet<string>.Empty);

    public EngineSpeed Speed() => new(EngineSeconds * LoadShare, EngineSeconds * (1 - LoadShare), TokensPerSecond: 0);

    /// <summary>Bandwidths of the mirrors. Debian packages have their real size and no limit.</summary>
    public MirrorControl Mirrors()
    {
        var shaped = new MirrorFaults { BytesPerSecond = (long)(MegabytesPerSecond * 1e6 * Scale) };
        return new MirrorControl { Hub = shaped, Registry = shaped, Python = shaped };
    }

    private static ImmutableSortedDictionary<string, string> ConfigValues(string model, EngineInstall install) =>
        new Dictionary<string, string>
        {
            ["inference:region"] = "tor1",
            ["inference:adminCidrs"] = """["203.0.113.0/24"]""",
            ["inference:engine"] = install == EngineInstall.Container ? "{}" : """{"install":"venv"}""",
            ["inference:endpoints"] = string.Create(CultureInfo.InvariantCulture, $$$"""
            {"{{{Endpoint}}}": {"model": "{{{model}}}", "size": "gpu-4000adax1-20gb", "contextLength": {{{ContextLength}}},
              "clients": [{"name": "bench", "requestsPerMinute": 1000000, "concurrent": 1024}]}}
            """),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
