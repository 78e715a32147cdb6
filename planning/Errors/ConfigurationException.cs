namespace Infra.Planning.Errors;

/// <summary>One or more mistakes of the operator. Whoever shows it shows the message alone, without a stack trace.</summary>
public sealed class ConfigurationException : Exception
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
