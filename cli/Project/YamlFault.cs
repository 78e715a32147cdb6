namespace Infra.Cli.Project;

/// <summary>A file that the Pulumi CLI rejects, in its YAML parser or in its reader of stacks and projects.</summary>
/// <param name="line">Line, from 1; 0: unknown.</param>
/// <param name="problem">What is wrong in that line, without the values in it; a key in it may have any character.</param>
internal sealed class YamlFault(long line, string problem)
    : Exception(Printable(line > 0 ? $"is not YAML: line {line}: {problem}" : problem))
{
    private static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '·' : letter));
}
