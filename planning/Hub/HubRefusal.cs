using Infra.Planning.Errors;

namespace Infra.Planning.Hub;

/// <summary>Why no catalog row is proposed for a repository: one message with what was found and what is supported.</summary>
internal static class HubRefusal
{
    /// <summary>What to do about a repository that cannot be described.</summary>
    private const string ByHand = "write the row yourself if the model is of a supported kind: docs/catalog.md, \"Another architecture\"";

    public static ConfigurationException Of(HubAddress address, string problem, string? fix = null) =>
        new(new UserError(HubAddress.Option, address.ToString(), problem, fix ?? ByHand));

    /// <summary>A word of a file, for a message.</summary>
    public static string Shown(string? word) => string.IsNullOrWhiteSpace(word) ? "(not named)" : ShownValue.Mask(word);

    /// <summary>A list for a message, with a limit.</summary>
    public static string Few(IEnumerable<string> names, int most = 5)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(most)) + (all.Count > most ? $" and {all.Count - most} more" : "");
    }
}
