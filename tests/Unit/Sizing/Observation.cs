using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>What someone read off vLLM's log, with the flags that it was started with.</summary>
internal sealed record Observation
{
    public required string Id { get; init; }

    /// <summary>Rows that are held to one tolerance.</summary>
    public required string Group { get; init; }
    public required string Model { get; init; }
    public required string Architecture { get; init; }
    public required Precision Precision { get; init; }

    /// <summary>Bytes that are loaded; null: what the formula says.</summary>
    public long? WeightBytes { get; init; }
    public required string Gpu { get; init; }
    public required int TensorParallel { get; init; }

    /// <summary>Engines, with <c>--enable-expert-parallel</c> if there are several.</summary>
    public int DataParallel { get; init; } = 1;

    /// <summary>The cards are connected by PCIe only.</summary>
    public bool Pcie { get; init; }
    public KvCacheType KvCache { get; init; } = KvCacheType.Auto;
    public bool Vision { get; init; } = true;
    public required string Engine { get; init; }
    public required double Utilization { get; init; }
    public int? MaxNumBatchedTokens { get; init; }
    public int? MaxNumSeqs { get; init; }
    public int? ContextLength { get; init; }

    /// <summary>vLLM started.</summary>
    public required bool Fits { get; init; }
    public double? KvGiB { get; init; }
    public long? KvTokens { get; init; }
    public string? Note { get; init; }
    public required string Source { get; init; }
    public required string SourceDate { get; init; }

    public override string ToString() => Id;
}

/// <summary>A row that cannot be predicted, with the reason.</summary>
internal sealed record Unusable(string What, string Reason, string Source);

/// <summary>A card of an observation.</summary>
internal sealed record ObservedGpu(string Name, GpuArchitecture Architecture, double VisibleGiB);

/// <summary>The observations of <c>observations.json</c>, and how each becomes a plan.</summary>
internal sealed record Observations
{
    public required IReadOnlyDictionary<string, ObservedGpu> Gpus { get; init; }
    public required IReadOnlyDictionary<string, Architecture> Architectures { get; init; }

    [JsonPropertyName("observations")]
    public required IReadOnlyList<Observation> Rows { get; init; }
    public required IReadOnlyList<Unusable> Unusable { get; init; }

    public static Observations Load() => JsonSerializer.Deserialize<Observations>(File.ReadAllText(Here()), Options)!;

    public MemoryPlan Plan(Observation row) =>
        MemoryBudget.Plan(ModelOf(row), GpuOf(row), row.TensorParallel, row.DataParallel, OptionsOf(row), EngineOf(row.Engine), !row.Pcie);

    /// <summary>The class that the row is a log of.</summary>
    public SizingClass ClassOf(Observation row) => SizingClass.Of(
        Architectures[row.Architecture], GpuOf(row).Vendor, new Layout(row.TensorParallel, row.DataParallel), !row.Pcie);

    /// <summary>The placement request that was granted or refused, on a size with just the cards that were used.</summary>
    public PlacementRequest RequestOf(Observation row, string? engine = null) => new()
    {
        Model = ModelOf(row),
        Engine = EngineOf(engine ?? row.Engine),
        ContextLength = row.ContextLength,
        Options = OptionsOf(row),
    };

    public GpuSize SizeOf(Observation row) =>
        Sample.Size("observed", GpuOf(row), row.TensorParallel * row.DataParallel) with { FastInterconnect = !row.Pcie };

    public Gpu GpuOf(Observation row) => Sample.Gpu(Gpus[row.Gpu].Name, Gpus[row.Gpu].Architecture, Gpus[row.Gpu].VisibleGiB);

    private ModelSpec ModelOf(Observation row) => Sample.Model(row.Model, row.Precision,
        row.WeightBytes ?? WeightFormula.Bytes(Architectures[row.Architecture], row.Precision), Architectures[row.Architecture]);

    private static EngineOptions OptionsOf(Observation row) => new()
    {
        TensorParallel = row.TensorParallel,
        DataParallel = row.DataParallel > 1 ? row.DataParallel : null,
        KvCache = row.KvCache,
        Vision = row.Vision,
        GpuMemoryUtilization = row.Utilization,
        MaxNumBatchedTokens = row.MaxNumBatchedTokens,
        MaxNumSeqs = row.MaxNumSeqs,
    };

    private static EngineRelease EngineOf(string version) => Sample.Engine(version);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static string Here([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "observations.json");
}
