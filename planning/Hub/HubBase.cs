using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Hub;

/// <summary>
/// A built-in model that a repository was made from: its row then states only what differs (<c>basedOn</c>), and the rest, such as the
/// first release that serves it, its parsers and its licence, is that of the built-in row, which was checked.
/// </summary>
internal static class HubBase
{
    /// <summary>The built-in row that a repository is based on, with how that is known; null: none, or it is built-in itself.</summary>
    /// <param name="whole">The repository's own row.</param>
    /// <param name="listing">What the hub reports about it.</param>
    public static (ModelSpec Parent, string Reason)? Of(ModelSpec whole, HubListing listing)
    {
        var models = ModelCatalog.Load().Models;
        if (models.ContainsKey(whole.Id))
        {
            return null;
        }

        var equal = models.Values.Where(model => IsSame(model.Architecture, whole.Architecture)).ToList();
        if (equal.Find(model => listing.BaseModels.Contains(model.Id)) is { } named)
        {
            return (named, "and which the hub names as its base_model");
        }

        // A base model that the catalog lacks is another model of the same shape.
        var alike = equal.Where(model => model.Architecture.TextModel == whole.Architecture.TextModel)
            .OrderByDescending(model => model.Use == whole.Use).ThenByDescending(model => model.Precision == whole.Precision);
        return listing.BaseModels.Count == 0 && alike.FirstOrDefault() is { } first ? (first, "in every number") : null;
    }

    /// <summary>The caution about a base model that is built-in and has another architecture; null: there is none.</summary>
    public static string? Different(ModelSpec whole, HubListing listing)
    {
        var models = ModelCatalog.Load().Models;
        var named = models.ContainsKey(whole.Id) ? null : listing.BaseModels.FirstOrDefault(models.ContainsKey);
        return named is null ? null
            : $"the hub names {named} as its base_model, but it differs in "
                + string.Join(", ", Differences(models[named].Architecture, whole.Architecture)) + ": the row is a whole one";
    }

    /// <summary>The shortest row that gives what the whole one gives.</summary>
    /// <param name="row">The whole row.</param>
    /// <param name="whole">The same, read.</param>
    /// <param name="parent">The row that it is based on.</param>
    /// <param name="read">Reads a row.</param>
    public static JsonObject Row(JsonObject row, ModelSpec whole, ModelSpec parent, Func<JsonObject, ModelSpec> read)
    {
        var shorter = new JsonObject { ["id"] = whole.Id, ["basedOn"] = parent.Id };
        foreach (var member in new[] { "revision", "weightBytes", "systemPrompt", "weightsUrl", "source", "sourceDate" })
        {
            Copy(member);
        }

        var names = Names(whole.Architecture, parent.Architecture);
        if (names.Count > 0)
        {
            // A row with an architecture of its own states its precision, and how much of the positions the model was trained for.
            shorter["architecture"] = names;
            shorter["maxContext"] = Math.Min(parent.MaxContext, whole.MaxContext);
            Copy("precision");
        }

        if (!Reads())
        {
            Copy("precision");
        }

        foreach (var (member, differs) in Members)
        {
            if (row.ContainsKey(member) && differs(read(shorter), whole))
            {
                Copy(member);
            }
        }

        return shorter;

        // Bytes that cannot be of the parent's precision are refused.
        bool Reads()
        {
            try
            {
                return read(shorter) is not null;
            }
            catch (ConfigurationException)
            {
                return false;
            }
        }

        void Copy(string member)
        {
            if (row[member] is { } value)
            {
                shorter[member] = value.DeepClone();
            }
        }
    }

    /// <summary>
    /// Adds the name of the language model, which <c>params.json</c> does not have: from the other copy's file, from a built-in model of
    /// the same numbers, or as vLLM names it itself.
    /// </summary>
    public static HubModel WithTextModel(HubModel served, HubModel? other, ICollection<string> cautions)
    {
        var architecture = served.Architecture;
        var name = architecture.TextModel ?? other?.Architecture.TextModel ?? NameOf(served);
        if (name is null)
        {
            cautions.Add($"{served.File} does not name the language model, and no built-in model has its numbers: set "
                + "architecture.textModel to the model_type in the config.json of the model that it was made from, so that known "
                + "defects of a vLLM release can be compared");
            return served;
        }

        return served with { Architecture = architecture with { TextModel = name } };
    }

    private static string? NameOf(HubModel served)
    {
        var names = ModelCatalog.Load().Models.Values.Where(model => IsSame(model.Architecture, served.Architecture))
            .Select(model => model.Architecture.TextModel)
            .Where(name => name != Scaled && name != Unscaled || (name == Scaled) == served.ScalesQueries);
        return names.FirstOrDefault() ?? (served.Architecture.Moe is { SharedExperts: > 0 } ? LikeDeepSeek : null);
    }

    // Two language models with the same members in params.json but one.
    private const string Scaled = "ministral3";
    private const string Unscaled = "mistral";

    /// <summary>What vLLM makes of a mixture with shared experts (transformers_utils/configs/mistral.py).</summary>
    private const string LikeDeepSeek = "deepseek_v3";

    /// <summary>What the hub has for a licence that is not in its list: the parent's row names it.</summary>
    private const string UnnamedLicence = "other";

    /// <summary>Members that a row may have to state again, in an order in which each is read with those before it.</summary>
    private static readonly (string Member, Func<ModelSpec, ModelSpec, bool> Differs)[] Members =
    [
        ("precision", (model, whole) => model.Precision != whole.Precision),
        ("fp8Block", (model, whole) => model.Fp8Block != whole.Fp8Block),
        ("formats", (model, whole) => !model.Formats.SequenceEqual(whole.Formats)),
        ("use", (model, whole) => model.Use != whole.Use),
        ("task", (model, whole) => model.Task != whole.Task),
        ("licence", (model, whole) => whole.Licence != UnnamedLicence
            && !string.Equals(model.Licence, whole.Licence, StringComparison.OrdinalIgnoreCase)),
        ("gated", (model, whole) => model.Gated != whole.Gated),
    ];

    private static bool IsSame(Architecture one, Architecture other) => !Differences(one, other).Any();

    private static IEnumerable<string> Differences(Architecture one, Architecture other) => HubModel.Numbers(one)
        .Zip(HubModel.Numbers(other)).Where(pair => !Equals(pair.First.Value, pair.Second.Value)).Select(pair => pair.First.Name);

    /// <summary>The members of an architecture besides its numbers that differ from the parent's.</summary>
    private static JsonObject Names(Architecture own, Architecture parent)
    {
        var names = new JsonObject();
        if (own.Name is not null && own.Name != parent.Name)
        {
            names["name"] = own.Name;
        }

        if (own.TextModel is not null && own.TextModel != parent.TextModel)
        {
            names["textModel"] = own.TextModel;
        }

        if (own.MaxPositions != parent.MaxPositions)
        {
            names["maxPositions"] = own.MaxPositions;
        }

        return names;
    }
}
