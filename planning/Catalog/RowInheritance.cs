using System.Text.Json.Nodes;

namespace Infra.Planning.Catalog;

/// <summary>A row of the operator's own file that says <c>basedOn</c>: what it does not set is taken from another row.</summary>
internal static class RowInheritance
{
    // What is true of one row alone: where it was read, and the commit of one repository.
    private static readonly string[] NotInherited = ["source", "sourceDate", "note", "revision", "weightsUrl", "checksums", "systemPrompt"];

    private static readonly string[] MistralFormatFlags = ["--tokenizer-mode", "--config-format", "--load-format"];

    /// <summary>A new row: the members of <paramref name="row"/>, and those of <paramref name="parent"/> that it does not have.</summary>
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

    /// <summary>As <see cref="Merge"/>; an architecture is merged member by member, and what follows from a changed one is reckoned anew.</summary>
    public static JsonObject MergeModel(JsonObject row, JsonObject parent)
    {
        var base_ = (JsonObject)parent.DeepClone();
        if (JsonNode.DeepEquals(row["id"], parent["id"]) && !row.ContainsKey("systemPrompt") && parent["systemPrompt"] is { } prompt)
        {
            // The same repository, at another commit.
            row = (JsonObject)row.DeepClone();
            row["systemPrompt"] = prompt.DeepClone();
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
        }

        // A fine-tune that was saved by transformers has no copy in Mistral's format, so vLLM must not be told to look for one.
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
