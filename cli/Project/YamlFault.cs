namespace Infra.Cli.Project;

/// <summary>A file that the Pulumi CLI refuses: its YAML parser, or the reader of stacks and projects.</summary>
/// <param name="line">Line, from 1; 0: unknown.</param>
/// <param name="problem">What is wrong in that line, without the values in it.</param>
internal sealed class YamlFault(long line, string problem) : Exception(line > 0 ? $"is not YAML: line {line}: {problem}" : problem);
