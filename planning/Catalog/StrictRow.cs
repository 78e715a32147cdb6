using System.Text.Json;
using Infra.Planning.Errors;

namespace Infra.Planning.Catalog;

/// <summary>
/// Holds a JSON value against a record: unknown, duplicate, missing and null members, wrong kinds, words and numbers out of range.
/// A serializer would refuse most of these too, but it stops at the first and does not say what is allowed; and compiling one for these
/// records takes a quarter of a second of every preview.
/// </summary>
internal static class StrictRow
{
    // What people copy from a config.json.
    private static readonly Dictionary<string, string> TransformersNames = new(StringComparer.Ordinal)
    {
        ["architectures"] = "architecture.name",
        ["num_hidden_layers"] = "architecture.layers",
        ["hidden_size"] = "architecture.hiddenSize",
        ["num_attention_heads"] = "architecture.attentionHeads",
        ["num_key_value_heads"] = "architecture.keyValueHeads",
        ["head_dim"] = "architecture.headDim",
        ["intermediate_size"] = "architecture.feedForwardSize",
        ["vocab_size"] = "architecture.vocabularySize",
        ["tie_word_embeddings"] = "architecture.tiedEmbeddings",
        ["max_position_embeddings"] = "architecture.maxPositions",
        ["q_lora_rank"] = "architecture.mla.queryLoraRank",
        ["kv_lora_rank"] = "architecture.mla.keyValueLoraRank",
        ["qk_nope_head_dim"] = "architecture.mla.nopeHeadDim",
        ["qk_rope_head_dim"] = "architecture.mla.ropeHeadDim",
        ["v_head_dim"] = "architecture.mla.valueHeadDim",
        ["num_experts"] = "architecture.moe.experts",
        ["num_local_experts"] = "architecture.moe.experts",
        ["n_routed_experts"] = "architecture.moe.experts",
        ["num_experts_per_tok"] = "architecture.moe.activeExperts",
        ["n_shared_experts"] = "architecture.moe.sharedExperts",
        ["moe_intermediate_size"] = "architecture.moe.expertFeedForwardSize",
        ["first_k_dense_replace"] = "architecture.moe.denseLayers",
    };

    /// <summary>All mistakes, in the order of the file. None: <see cref="CatalogRows"/> can read the value.</summary>
    public static IReadOnlyList<RowMistake> Mistakes(JsonElement value, Type record)
    {
        var mistakes = new List<RowMistake>();
        CheckRecord(value, RecordShape.Of(record), "", mistakes);
        return mistakes;
    }

    private static void Check(JsonElement value, ValueShape shape, string path, List<RowMistake> mistakes)
    {
        switch (shape.Kind)
        {
            case ValueKind.Record:
                CheckRecord(value, RecordShape.Of(shape.Type), path, mistakes);
                break;
            case ValueKind.List:
                CheckList(value, shape, path, mistakes);
                break;
            case ValueKind.Map:
                CheckMap(value, shape, path, mistakes);
                break;
            default:
                if (ScalarProblem(value, shape) is { } problem)
                {
                    mistakes.Add(RowMistake.At(path, value, problem));
                }

                break;
        }
    }

    private static void CheckRecord(JsonElement value, RecordShape record, string path, List<RowMistake> mistakes)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add(RowMistake.At(path, value, $"must be an object with the members {record.Names}"));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            CheckMember(member, record, Join(path, member.Name), seen, mistakes);
        }

        mistakes.AddRange(record.Members
            .Where(member => member.Required && !seen.Contains(member.Name))
            .Select(member => new RowMistake(Join(path, member.Name), null, $"is missing; it {member.Expected}")));
    }

    private static void CheckMember(JsonProperty member, RecordShape record, string at, HashSet<string> seen, List<RowMistake> mistakes)
    {
        if (!seen.Add(member.Name))
        {
            mistakes.Add(RowMistake.At(at, member.Value, "is there twice"));
        }
        else if (record.Member(member.Name) is not { } known)
        {
            mistakes.Add(RowMistake.At(at, member.Value, UnknownProblem(member.Name, record)));
        }
        else if (member.Value.ValueKind != JsonValueKind.Null)
        {
            var before = mistakes.Count;
            Check(member.Value, known.Shape, at, mistakes);
            if (mistakes.Count == before)
            {
                CheckBounds(member.Value, known, at, mistakes);
            }
        }
        else if (!known.AllowsNull)
        {
            mistakes.Add(RowMistake.At(at, member.Value, "must not be null"));
        }
    }

    private static void CheckList(JsonElement value, ValueShape shape, string path, List<RowMistake> mistakes)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            mistakes.Add(RowMistake.At(path, value, shape.Expected));
            return;
        }

        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            Check(item, shape.Element!, $"{path}[{index}]", mistakes);
        }
    }

    private static void CheckMap(JsonElement value, ValueShape shape, string path, List<RowMistake> mistakes)
    {
        var allowed = string.Join(", ", shape.Words ?? []);
        if (value.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add(RowMistake.At(path, value, shape.Expected));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var at = Join(path, member.Name);
            if (!seen.Add(member.Name))
            {
                mistakes.Add(RowMistake.At(at, member.Value, "is there twice"));
            }
            else if (shape.Words?.Contains(member.Name) == false)
            {
                mistakes.Add(RowMistake.At(at, member.Value, $"is not known here; allowed are {allowed}"));
            }
            else
            {
                Check(member.Value, shape.Element!, at, mistakes);
            }
        }
    }

    private static string? ScalarProblem(JsonElement value, ValueShape shape) => shape.Kind switch
    {
        ValueKind.Text => value.ValueKind != JsonValueKind.String ? shape.Expected
            : string.IsNullOrWhiteSpace(value.GetString()) ? "must not be empty"
            : value.GetString()!.Any(char.IsControl) ? "must be one line without control characters"
            : null,
        ValueKind.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : shape.Expected,
        ValueKind.Word => value.ValueKind == JsonValueKind.String && shape.Words!.Contains(value.GetString()) ? null
            : shape.Expected,
        _ when value.ValueKind != JsonValueKind.Number => shape.Expected,
        ValueKind.Whole => (shape.Type == typeof(int) ? value.TryGetInt32(out _) : value.TryGetInt64(out _)) ? null
            : "must be a whole number of at most " + (shape.Type == typeof(int) ? int.MaxValue : long.MaxValue),
        _ => value.TryGetDecimal(out _) ? null : "is too large",
    };

    private static void CheckBounds(JsonElement value, RecordMember member, string path, List<RowMistake> mistakes)
    {
        if (member.Lowest is { } lowest && member.Highest is { } highest
            && value.GetDouble() is var number && (number < lowest || number > highest))
        {
            mistakes.Add(RowMistake.At(path, value, member.Expected));
        }

        if (member.Pattern is { } pattern)
        {
            mistakes.AddRange(value.ValueKind == JsonValueKind.Object
                ? value.EnumerateObject()
                    .Where(item => !pattern.IsMatch(item.Value.GetString()!))
                    .Select(item => RowMistake.At(Join(path, item.Name), item.Value, member.PatternHelp!))
                : value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().Index()
                    .Where(item => !pattern.IsMatch(item.Item.GetString()!))
                    .Select(item => RowMistake.At($"{path}[{item.Index}]", item.Item, member.PatternHelp!))
                : pattern.IsMatch(value.GetString()!) ? [] : [RowMistake.At(path, value, member.PatternHelp!)]);
        }

        if (member.NotEmpty && value.GetArrayLength() == 0)
        {
            mistakes.Add(RowMistake.At(path, value, "must not be empty"));
        }
    }

    private static string UnknownProblem(string name, RecordShape record)
    {
        // A member of a nested object on the level above it is the likeliest slip of all.
        var inside = record.Members.FirstOrDefault(member =>
            member.Shape.Kind == ValueKind.Record && RecordShape.Of(member.Shape.Type).Member(name) is not null);
        var near = NearMiss.Of(name, record.Members.Select(member => member.Name));
        return TransformersNames.TryGetValue(name, out var ours) ? $"is called '{ours}' here"
            : inside is not null ? $"belongs into '{inside.Name}'"
            : near.Count > 0 ? $"is not a known member; did you mean {string.Join(" or ", near)}?"
            : $"is not a known member; known are {record.Names}";
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
