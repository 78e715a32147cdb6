using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Reading;

namespace Infra.Planning.Catalog;

/// <summary>
/// Completes a row of the operator's file with defaults, as far as there are safe ones. <see cref="StrictRow"/> reports members of the
/// wrong type.
/// </summary>
internal static class RowDefaults
{
    // Shares of the printed memory that vLLM and torch saw in public logs of 2026 (cards: docs/catalog.md). The lowest of each kind, so
    // that nothing is reported as fitting that does not: GeForce and RTX 0.978 to 0.989 from 20 GB on, slightly less below; H100 and H200
    // 0.990 and 0.991; others 0.918 to 0.991 (ECC takes a sixteenth of L4, L40S and A10, a B300 prints that much more); MI300X and later
    // 0.998.
    private const double VisibleShareRtx = 0.97;
    private const double VisibleShareHopper = 0.98;
    private const double VisibleShareOther = 0.915;
    private const double VisibleShareAmd = 0.998;
    private const double LeastVisibleGiB = 2;

    public static void Gpu(JsonObject row)
    {
        var measured = row.ContainsKey("visibleGiB");

        // A row without a valid memoryGB is rejected for that reason.
        Default(row, "visibleGiB", Math.Round(Math.Max(LeastVisibleGiB, (Number(row["memoryGB"]) ?? 0) * VisibleShare(row)), 2));
        Default(row, "visibleMeasured", measured);
    }

    public static void Image(JsonObject row) => Default(row, "os", "not stated");

    public static void Size(JsonObject row, Func<string, Gpu?> gpuOf)
    {
        Default(row, "fastInterconnect", false);
        Default(row, "regions", new JsonArray());

        // Without a price it cannot be compared, so it is used only if the operator sets it.
        Default(row, "availability", row["usdPerHour"] is null ? "contract" : "onDemand");
        var amd = Text(row["gpu"]) is { } name && gpuOf(name)?.Vendor == GpuVendor.Amd;
        Default(row, "image", amd ? "gpu-amd-base" : Number(row["gpuCount"]) > 1 ? "gpu-h100x8-base" : "gpu-h100x1-base");
    }

    public static void Engine(JsonObject row)
    {
        Default(row, "releaseDate", "undated");
        Default(row, "images", new JsonObject());
        Default(row, "breakages", new JsonArray());
        Default(row, "defaultGpuMemoryUtilization", 0.92);
        foreach (var breakage in (row["breakages"] as JsonArray ?? []).OfType<JsonObject>())
        {
            Default(breakage, "effect", "refused");
            Default(breakage, "source", "not stated");
            Default(breakage, "sourceDate", "undated");
        }
    }

    public static void Model(JsonObject row, string securityFloor)
    {
        Default(row, "family", "other");
        Default(row, "use", "instruct");
        Default(row, "formats", new JsonArray("hf"));
        Default(row, "flags", new JsonArray());
        Default(row, "minimumEngine", securityFloor);
        Default(row, "licence", "not stated");
        if (row["architecture"] is JsonObject architecture)
        {
            Architecture(architecture, row);
        }

        Weights(row);
    }

    /// <summary>Members of every type of row.</summary>
    public static void Provenance(JsonObject row, string file)
    {
        Default(row, "source", file);
        Default(row, "sourceDate", "undated");
    }

    private static double VisibleShare(JsonObject row) =>
        Text(row["vendor"]) == "amd" ? VisibleShareAmd
        : Text(row["name"]) is { } name && name.Contains("RTX", StringComparison.OrdinalIgnoreCase) ? VisibleShareRtx
        : Text(row["architecture"]) == "hopper" ? VisibleShareHopper
        : VisibleShareOther;

    private static void Architecture(JsonObject architecture, JsonObject row)
    {
        // Either one limits the context length; neither is guessed.
        if (row["maxContext"] is { } context)
        {
            Default(architecture, "maxPositions", context.DeepClone());
        }
        else if (architecture["maxPositions"] is { } positions)
        {
            row["maxContext"] = positions.DeepClone();
        }

        // transformers does the same if head_dim is absent.
        if (architecture["mla"] is null && Number(architecture["hiddenSize"]) is { } hidden
            && Number(architecture["attentionHeads"]) is { } heads && heads > 0 && hidden % heads == 0)
        {
            Default(architecture, "headDim", (int)(hidden / heads));
        }

        if (architecture["moe"] is JsonObject moe)
        {
            Default(moe, "sharedExperts", 0);
            Default(moe, "denseLayers", 0);
            if (Number(moe["denseLayers"]) == 0 && moe["expertFeedForwardSize"] is { } width)
            {
                // Then no layer uses it.
                Default(architecture, "feedForwardSize", width.DeepClone());
            }
        }

        if (architecture["vision"] is JsonObject vision)
        {
            Default(vision, "spatialMerge", 1);
        }
    }

    private static void Weights(JsonObject row)
    {
        if (row["architecture"] is not JsonObject json || Text(row["precision"]) is not { } word
            || !Enum.TryParse<Precision>(word, ignoreCase: true, out var precision))
        {
            // The row is rejected because of one of these: members that depend on it are not reported as missing.
            Default(row, "parameters", 1);
            Default(row, "weightBytes", 1);
            Default(row, "hardware", new JsonObject());
            return;
        }

        Default(row, "hardware", Map(HardwareSupport.For(precision)));
        var element = JsonTree.Element(json);
        if (StrictRow.Errors(element, typeof(Architecture)).Count > 0)
        {
            Default(row, "parameters", 1);
            Default(row, "weightBytes", 1);
            return;
        }

        var architecture = RecordBuilder.Build<Architecture>(element);
        Default(row, "parameters", WeightFormula.Parameters(architecture));
        Default(row, "weightBytes", WeightFormula.Bytes(architecture, precision));
    }

    /// <summary>Sets a missing member; an explicit null stays and is rejected.</summary>
    private static void Default(JsonObject row, string member, JsonNode? value)
    {
        if (!row.ContainsKey(member))
        {
            row[member] = value;
        }
    }

    private static JsonObject Map(IReadOnlyDictionary<GpuArchitecture, Support> hardware) =>
        new(hardware.Select(entry => KeyValuePair.Create(CatalogWords.Of(entry.Key), (JsonNode?)CatalogWords.Of(entry.Value))));

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Null also for a number that is infinite as a double: what is computed from it could not be written.</summary>
    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            && double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) is var number && double.IsFinite(number)
            ? number : null;
}
