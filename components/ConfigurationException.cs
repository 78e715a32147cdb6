using Pulumi;

namespace Infra.Components;

/// <summary>
/// One or more mistakes of the operator. Pulumi prints the message of a <see cref="RunException"/> alone, without a stack trace.
/// </summary>
public sealed class ConfigurationException : RunException
{
    public ConfigurationException(IEnumerable<ConfigurationMistake> mistakes)
        : this(mistakes.ToArray())
    {
    }

    public ConfigurationException(params ConfigurationMistake[] mistakes)
        : base(string.Join("\n", mistakes.Select(mistake => mistake.ToString())))
    {
        Mistakes = mistakes;
    }

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; }
}
