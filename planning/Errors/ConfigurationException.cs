namespace Infra.Planning.Errors;

/// <summary>One or more user errors. Show only the message, without a stack trace.</summary>
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

    /// <summary>All errors.</summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; }
}
