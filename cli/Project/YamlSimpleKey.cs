namespace Infra.Cli.Project;

/// <summary>A position where a key without <c>?</c> may have begun.</summary>
/// <param name="token">Number of its token.</param>
/// <param name="index">Code points before it.</param>
/// <param name="at">Its line and column.</param>
internal sealed class YamlSimpleKey(int token, int index, YamlToken at)
{
    public int Token => token;

    public int Index => index;

    public YamlToken At => at;

    public bool IsPossible { get; set; }

    /// <summary>At the indentation of a block, only a key can be.</summary>
    public bool IsRequired { get; init; }
}
