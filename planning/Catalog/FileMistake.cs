using Infra.Planning.Errors;

namespace Infra.Planning.Catalog;

/// <summary>An error in a catalog file.</summary>
/// <param name="File">Path as the operator gave it, or the name of an embedded file.</param>
/// <param name="Row">List, index and id: <c>models[0] (acme/my-ministral)</c>; empty for the file itself.</param>
/// <param name="Mistake">Member, value and problem.</param>
internal sealed record FileMistake(string File, string Row, RowMistake Mistake)
{
    /// <summary>File, row and member, as in the message.</summary>
    public string Key => string.Join(", ", new[] { File, Row, Mistake.Member }.Where(part => part.Length > 0));

    public override string ToString() => Mistake.Value is null ? $"{Key} {Mistake.Problem}" : $"{Key}: '{Mistake.Value}' {Mistake.Problem}";

    public ConfigurationMistake ToConfigurationMistake() =>
        new(Key, Mistake.Value, Mistake.Problem, $"edit {File}; its format is described in docs/catalog.md");
}
