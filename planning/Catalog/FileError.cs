using Infra.Planning.Errors;

namespace Infra.Planning.Catalog;

/// <summary>An error in a catalog file.</summary>
/// <param name="File">Path as the operator gave it, or the name of an embedded file.</param>
/// <param name="Row">List, index and id: <c>models[0] (acme/my-ministral)</c>; empty for the file itself.</param>
/// <param name="Error">Member, value and problem.</param>
internal sealed record FileError(string File, string Row, RowError Error)
{
    /// <summary>File, row and member, as in the message.</summary>
    public string Key => string.Join(", ", new[] { File, Row, Error.Member }.Where(part => part.Length > 0));

    public override string ToString() => Error.Value is null ? $"{Key} {Error.Problem}" : $"{Key}: '{Error.Value}' {Error.Problem}";

    public UserError ToUserError() =>
        new(Key, Error.Value, Error.Problem, $"edit {File}; its format is described in docs/catalog.md");
}
