using System.Text.Json.Nodes;

namespace Infra.Planning.Catalog;

/// <summary>A row of the operator's file with <c>basedOn</c>: another row provides the members that it does not set.</summary>
internal static class RowInheritance
{
    // Valid for one row only: its source, and the commit of its repository.
    private static readonly string[] NotInherited =
        ["source", "sourceDate", "note", "revision", "weightsUrl", "checksums", "systemPrompt", "testedEngine"];

    private static readonly string[] MistralFormatFlags = ["--tokenizer-mode", "--config-format", "--load-format"];

    /// <summary>A new row: the members of <paramref name="row"/>, and missing ones from <paramref name="parent"/>.</summary>
    public static JsonObject Merge(JsonObject row, JsonObject parent)
    {
        var merged = new JsonObject();
        foreach (var (name, value) in row)
        {
            merged[name] = value?.DeepClone();
        }

        foreach (var (name, value) in parent.Where(member => !NotInherited.Contains(member.Key)))
        {
            if (!merged.ContainsKey(name))
            {
                merged[name] = value?.DeepClone();
            }
        }

        return merged;
    }

    /// <summary>As <see cref="Merge"/>, but merges the architecture member by member and computes dependent values again.</summary>
    public static JsonObject MergeModel(JsonObject row, JsonObject parent)
    {
        var base_ = (JsonObject)parent.DeepClone();
        if (JsonNode.DeepEquals(row["id"], parent["id"]) && !row.ContainsKey("systemPrompt") && parent["systemPrompt"] is { } prompt)
        {
            // The same repository, at another commit.
            row = (JsonObject)row.DeepClone();
            row["systemPrompt"] = prompt.DeepClone();
        }

        row = RowQuantization.WithPrecision(row, base_);
        if (row.ContainsKey("licence") && !JsonNode.DeepEquals(row["licence"], parent["licence"]))
        {
            base_.Remove("licenceUrl");
            base_.Remove("licenceTerms");
        }

        if (row["architecture"] is JsonObject own && base_["architecture"] is JsonObject inherited)
        {
            row = (JsonObject)row.DeepClone();
            row["architecture"] = Merge(own, inherited);
            base_.Remove("parameters");
            base_.Remove("weightBytes");
            if (own.ContainsKey("maxPositions"))
            {
                base_.Remove("maxContext");
            }
        }

        if (row.ContainsKey("precision"))
        {
            base_.Remove("weightBytes");
            base_.Remove("hardware");
            base_.Remove("fp8Block");
        }

        // A fine-tune saved by transformers has no copy in Mistral's format, so vLLM must not look for one.
        if (row["formats"] is JsonArray { Count: > 0 } formats && formats[0] is JsonValue first && first.TryGetValue<string>(out var format)
            && format == "hf" && base_["flags"] is JsonArray flags)
        {
            base_["flags"] = WithoutMistralFormat(flags);
        }

        return Merge(row, base_);
    }

    private static JsonArray WithoutMistralFormat(JsonArray flags)
    {
        var kept = new JsonArray();
        for (var index = 0; index < flags.Count; index++)
        {
            var word = flags[index]!.GetValue<string>();
            if (MistralFormatFlags.Contains(word))
            {
                // Skip its value too.
                index++;
            }
            else
            {
                kept.Add(word);
            }
        }

        return kept;
    }
}
