namespace Infra.Planning.Errors;

/// <summary>One or more user errors. Show only the message, without a stack trace.</summary>
public sealed class ConfigurationException : Exception
{
    public ConfigurationException(IEnumerable<UserError> errors)
        : this(FixOrder.Of(errors))
    {
    }

    public ConfigurationException(params UserError[] errors)
        : this(FixOrder.Of(errors))
    {
    }

    /// <summary>Errors that are in the order of their fixes already.</summary>
    public static ConfigurationException InOrder(IReadOnlyList<UserError> errors) => new(errors);

    private ConfigurationException(IReadOnlyList<UserError> errors)
        : base(string.Join("\n", errors.Select(error => error.ToString())))
    {
        Errors = errors;
    }

    /// <summary>All errors, once each. Their fixes can be applied in this order.</summary>
    public IReadOnlyList<UserError> Errors { get; }
}
