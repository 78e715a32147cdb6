using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Catalog;

/// <summary>Checks a value of a catalog file against a record, its bounds and its patterns.</summary>
internal sealed class StrictRow : StrictReader
{
    // Names that people copy from a config.json.
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

    private readonly List<RowError> _errors = [];

    private StrictRow()
    {
    }

    /// <summary>All errors in file order. If there are none, <see cref="RecordBuilder"/> can read it.</summary>
    public static IReadOnlyList<RowError> Errors(JsonElement value, Type record)
    {
        var row = new StrictRow();
        row.Read(value, ValueShape.Of(record), "");
        return row._errors;
    }

    protected override string At(string path, string member) => path.Length == 0 ? member : $"{path}.{member}";

    protected override void Wrong(string path, JsonElement? value, string problem, ValueShape shape) =>
        _errors.Add(value is { } there ? RowError.At(path, there, problem) : new(path, null, problem));

    protected override void Unknown(string path, string name, JsonElement value, RecordShape record)
    {
        // The most likely slip: a member of a nested object on the level above it.
        var inside = record.Members.FirstOrDefault(member =>
            member.Shape.Kind == ValueKind.Record && RecordShape.Of(member.Shape.Type).Member(name) is not null);
        var near = NearMiss.Of(name, record.Names);
        _errors.Add(RowError.At(At(path, name), value, TransformersNames.TryGetValue(name, out var ours) ? $"is called '{ours}' here"
            : inside is not null ? $"belongs into '{inside.Name}'"
            : near.Count > 0 ? $"is not a known member; did you mean {string.Join(" or ", near)}?"
            : $"is not a known member; known are {string.Join(", ", record.Names)}"));
    }

    protected override string NotOfKind(ValueShape shape) => Expected(shape);

    protected override string? Problem(JsonElement value, ValueShape shape) => shape.Kind switch
    {
        ValueKind.Text => value.ValueKind != JsonValueKind.String ? Expected(shape)
            : string.IsNullOrWhiteSpace(value.GetString()) ? "must not be empty"
            : SecretWords.Kind(value.GetString()!) is ("a private key" or "a token") and var secret
                ? $"has {secret} in plain text; remove and revoke it"
            : value.GetString()!.Any(char.IsControl) ? "must be one line without control characters"
            : null,
        ValueKind.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : Expected(shape),
        ValueKind.Word => value.ValueKind == JsonValueKind.String && shape.Words!.Contains(value.GetString()) ? null : Expected(shape),
        _ when value.ValueKind != JsonValueKind.Number => Expected(shape),
        ValueKind.Whole => (shape.Type == typeof(int) ? value.TryGetInt32(out _) : value.TryGetInt64(out _)) ? null
            : "must be a whole number of at most " + (shape.Type == typeof(int) ? int.MaxValue : long.MaxValue),
        _ => value.TryGetDecimal(out _) ? null : "is too large",
    };

    protected override string Missing(RecordMember member) => $"is missing; it {Expected(member)}";

    protected override bool IsKey(JsonProperty entry, JsonElement map, ValueShape shape, string path)
    {
        if (shape.Words?.Contains(entry.Name) != false)
        {
            return true;
        }
        Wrong(path, entry.Value, $"is not known here; allowed are {string.Join(", ", shape.Words)}", shape);
        return false;
    }

    protected override JsonNode? Member(JsonElement value, RecordMember member, string path)
    {
        var before = _errors.Count;
        if (value.ValueKind != JsonValueKind.Null)
        {
            base.Member(value, member, path);
            if (_errors.Count == before)
            {
                CheckBounds(value, member, path);
            }
        }
        else if (!member.AllowsNull)
        {
            Wrong(path, value, "must not be null", member.Shape);
        }
        return null; // only the errors are needed
    }

    private void CheckBounds(JsonElement value, RecordMember member, string path)
    {
        if (member.Bounds is var (lowest, highest) && value.GetDouble() is var number && (number < lowest || number > highest))
        {
            Wrong(path, value, Expected(member), member.Shape);
        }
        if (member.Pattern is var (regex, help))
        {
            IEnumerable<(string Path, JsonElement Text)> texts = value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().Select(entry => (At(path, entry.Name), entry.Value)),
                JsonValueKind.Array => value.EnumerateArray().Select((item, index) => ($"{path}[{index}]", item)),
                _ => [(path, value)],
            };
            _errors.AddRange(texts
                .Where(text => !regex.IsMatch(text.Text.GetString()!))
                .Select(text => RowError.At(text.Path, text.Text, help)));
        }
        if (member.NotEmpty && value.GetArrayLength() == 0)
        {
            Wrong(path, value, "must not be empty", member.Shape);
        }
    }

    /// <summary>What a value must be, as the rest of a sentence.</summary>
    private static string Expected(ValueShape shape) => shape.Kind switch
    {
        ValueKind.Text => "must be a text in quotes",
        ValueKind.Flag => "must be true or false, without quotes",
        ValueKind.Whole => "must be a whole number, without quotes",
        ValueKind.Decimal => "must be a number, without quotes",
        ValueKind.Word => $"must be one of {string.Join(", ", shape.Words!)}",
        ValueKind.List => "must be a list in [ ]",
        ValueKind.Map when shape.Words is null => "must be an object with names of files as members",
        ValueKind.Map => $"must be an object with some of the members {string.Join(", ", shape.Words)}",
        _ => $"must be an object with the members {string.Join(", ", RecordShape.Of(shape.Type).Names)}",
    };

    /// <summary>The same, with its bounds.</summary>
    private static string Expected(RecordMember member) =>
        member.Bounds is var (lowest, highest)
            ? string.Create(CultureInfo.InvariantCulture, $"must be between {lowest:#,0.##} and {highest:#,0.##}")
        : member.Shape.Kind == ValueKind.Text && member.Pattern is var (_, help) ? help
        : Expected(member.Shape);
}
