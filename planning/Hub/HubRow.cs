using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Infra.Planning.Catalog;

namespace Infra.Planning.Hub;

/// <summary>The catalog row of a repository (docs/catalog.md): what the repository states, and nothing that has a safe default.</summary>
internal static class HubRow
{
    private static readonly JsonSerializerOptions s_format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The catalog file with a row.</summary>
    public static string File(JsonObject row) =>
        new JsonObject { ["models"] = new JsonArray(row.DeepClone()) }.ToJsonString(s_readable) + "\n";

    public static JsonObject Of(HubAddress address, HubListing listing, HubWeights weights, Architecture architecture,
        HubQuantization quantization, long bytes, string hub, string today)
    {
        var mistral = weights.Formats[0] == WeightsFormat.Mistral;
        var task = TaskOf(listing);
        var use = UseOf(address.Id);
        var row = new JsonObject { ["id"] = address.Id };
        if (ModelCatalog.Load().Models.ContainsKey(address.Id))
        {
            row["replaces"] = true;
        }

        row["use"] = CatalogWords.Of(use);
        row["precision"] = CatalogWords.Of(quantization.Precision);
        if (quantization.Block is { } block)
        {
            row["fp8Block"] = block;
        }

        row["revision"] = listing.Commit;
        row["weightBytes"] = bytes;
        row["formats"] = new JsonArray([.. weights.Formats.Select(format => (JsonNode)CatalogWords.Of(format))]);
        if (mistral)
        {
            row["flags"] = new JsonArray([.. Flags(use).Select(flag => (JsonNode)flag)]);
        }

        Add(row, "task", task == ModelTask.Generate ? null : CatalogWords.Of(task));
        Add(row, "systemPrompt", listing.Has("SYSTEM_PROMPT.txt") ? "SYSTEM_PROMPT.txt" : null);
        Add(row, "licence", listing.Licence);
        Add(row, "gated", listing.Gated ? true : null);
        Add(row, "weightsUrl", hub != HubProposal.PublicHub && hub.StartsWith("https://", StringComparison.Ordinal) ? hub : null);
        row["architecture"] = Json(architecture);
        row["source"] = $"{hub}/{address.Id} at the commit above: {string.Join(", ", weights.Configs)}, sizes of the files";
        row["sourceDate"] = today;
        return row;
    }

    private static void Add(JsonObject row, string member, JsonNode? value)
    {
        if (value is not null)
        {
            row[member] = value;
        }
    }

    public static JsonObject Json(Architecture architecture) => JsonSerializer.SerializeToNode(architecture, s_format)!.AsObject();

    /// <summary>The training goal, from the words in the repository's name (as Mistral names its repositories).</summary>
    public static ModelUse UseOf(string id) =>
        Words(id).Contains("base") ? ModelUse.Base
        : Words(id).Overlaps(["reasoning", "magistral", "thinking"]) ? ModelUse.Reasoning
        : ModelUse.Instruct;

    private static HashSet<string> Words(string id) => [.. id.ToLowerInvariant().Split('-', '/', '_', '.')];

    /// <summary>Files of the library for embeddings mean a model that returns vectors.</summary>
    public static ModelTask TaskOf(HubListing listing) =>
        listing.Has("modules.json") || listing.Has("config_sentence_transformers.json") ? ModelTask.Embed : ModelTask.Generate;

    /// <summary>What Mistral's format needs, and its parsers for a model that answers (vLLM's model cards of the family).</summary>
    private static IEnumerable<string> Flags(ModelUse use)
    {
        string[] format = ["--tokenizer-mode", "mistral", "--config-format", "mistral", "--load-format", "mistral"];
        string[] tools = ["--enable-auto-tool-choice", "--tool-call-parser", "mistral"];
        string[] reasoning = ["--reasoning-parser", "mistral"];
        return [.. format, .. use == ModelUse.Base ? [] : tools, .. use == ModelUse.Reasoning ? reasoning : []];
    }
}
