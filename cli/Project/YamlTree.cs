namespace Infra.Cli.Project;

/// <summary>What a node of a YAML document is.</summary>
internal enum YamlKind
{
    Scalar,
    List,
    Map,
    Alias,
}

/// <summary>
/// A node as the CLI's parser sees it: its text, its tag, and its children; of a map keys and values in turn. Scalars are not resolved yet.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Tag">Short form, as <c>!!str</c>; empty: none, or the non-specific one.</param>
/// <param name="Text">Text of a scalar; name of an alias.</param>
/// <param name="Line">Line in the file, from 1.</param>
internal sealed record YamlTree(YamlKind Kind, string Tag, string Text, long Line)
{
    /// <summary>Settings have few levels, and JSON's readers refuse more.</summary>
    public const int DeepestLevel = 60;

    /// <summary>Whether a scalar is in quotes, or a block: text whatever it looks like.</summary>
    public bool Quoted { get; init; }

    public List<YamlTree> Children { get; } = [];

    /// <summary>The node that an alias stands for.</summary>
    public YamlTree? Target { get; init; }

    /// <summary>A merge key: <c>&lt;&lt;</c>, without quotes.</summary>
    public bool IsMerge => Kind == YamlKind.Scalar && Text == "<<" && (Tag is "!!merge" || (Tag.Length == 0 && !Quoted));
}
