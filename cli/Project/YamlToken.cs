namespace Infra.Cli.Project;

internal enum YamlTokenKind
{
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// <summary>A token of a YAML file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Line">Line of its first character, from 0.</param>
/// <param name="Column">Column of its first character, from 0.</param>
/// <param name="Text">Of a scalar its value, of an anchor or alias the name, of a tag the handle, of a directive its first word.</param>
/// <param name="Rest">Of a tag what is behind the handle, of a tag directive the prefix.</param>
/// <param name="Quoted">Of a scalar: whether it is in quotes, or a block.</param>
internal readonly record struct YamlToken(
    YamlTokenKind Kind, int Line, int Column, string Text = "", string Rest = "", bool Quoted = false)
{
    public YamlFault Fault(string problem) => new(Line + 1, $"column {Column + 1}: {problem}");
}
