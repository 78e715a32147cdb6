using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Infra.Planning.Catalog;

/// <summary>
/// Completes a row of the operator's own file, where an honest default exists, to the shape that the built-in rows have. A member of the
/// wrong kind is left for <see cref="StrictRow"/> to report.
/// </summary>
internal static class RowDefaults
{
    // Shares of the printed memory that vLLM and torch saw in public logs of 2026; docs/catalog.md lists the cards. The lowest of each kind,
    // so that nothing is called fitting that does not: GeForce and RTX 0.978 to 0.989 from 20 GB on, a little less below; H100 and H200 0.990
    // and 0.991; others 0.918 to 0.991 (L4, L40S and A10 lose a sixteenth to ECC, a B300 as much to what is printed); MI300X and later 0.998.
    private const double VisibleShareRtx = 0.97;
    private const double VisibleShareHopper = 0.98;
    private const double VisibleShareOther = 0.915;
    private const double VisibleShareAmd = 0.998;
    private const double LeastVisibleGiB = 2;

    public static void Gpu(JsonObject row)
    {
        var measured = row.ContainsKey("visibleGiB");

        // A row without a usable memoryGB is refused for that alone.
        Default(row, "visibleGiB", Math.Round(Math.Max(LeastVisibleGiB, (Number(row["memoryGB"]) ?? 0) * VisibleShare(row)), 2));
        Default(row, "visibleMeasured", measured);
    }

    public static void Image(JsonObject row) => Default(row, "os", "not stated");

    public static void Size(JsonObject row, Func<string, Gpu?> gpuOf)
    {
        Default(row, "fastInterconnect", false);
        Default(row, "regions", new JsonArray());

        // Without a price it cannot be compared with the others, so it is taken only when it is named.
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

    /// <summary>Members that every kind of row has.</summary>
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
        // Either says how long a context may be; neither is guessed.
        if (row["maxContext"] is { } context)
        {
            Default(architecture, "maxPositions", context.DeepClone());
        }
        else if (architecture["maxPositions"] is { } positions)
        {
            row["maxContext"] = positions.DeepClone();
        }

        // transformers does the same where head_dim is absent.
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
                // Not used by any layer then.
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
            // The row is refused for one of these: do not also call missing what follows from them.
            Default(row, "parameters", 1);
            Default(row, "weightBytes", 1);
            Default(row, "hardware", new JsonObject());
            return;
        }

        Default(row, "hardware", Map(HardwareSupport.For(precision)));
        var element = JsonTree.Element(json);
        if (StrictRow.Mistakes(element, typeof(Architecture)).Count > 0)
        {
            Default(row, "parameters", 1);
            Default(row, "weightBytes", 1);
            return;
        }

        var architecture = element.Deserialize(CatalogJson.Default.Architecture)!;
        Default(row, "parameters", WeightFormula.Parameters(architecture));
        Default(row, "weightBytes", WeightFormula.Bytes(architecture, precision));
    }

    /// <summary>Sets a member that the row does not have; a null that somebody wrote stays, to be refused.</summary>
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

    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;
}
