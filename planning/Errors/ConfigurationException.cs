namespace Infra.Planning.Errors;

/// <summary>One or more user errors. Show only the message, without a stack trace.</summary>
public sealed class ConfigurationException : Exception
{
    public ConfigurationException(IEnumerable<UserError> errors)
        : this(errors.ToArray())
    {
    }

    public ConfigurationException(params UserError[] errors)
        : base(string.Join("\n", errors.Select(error => error.ToString())))
    {
        Errors = errors;
    }

    /// <summary>All errors.</summary>
    public IReadOnlyList<UserError> Errors { get; }
}
