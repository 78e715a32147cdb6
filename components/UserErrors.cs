using Infra.Planning.Errors;
using Pulumi;

namespace Infra.Components;

/// <summary>
/// The edge to Pulumi for what an operator got wrong. The layers below know no Pulumi, and Pulumi shows the message of a
/// <see cref="RunException"/> alone, without a stack trace.
/// </summary>
public static class UserErrors
{
    /// <summary>Runs a part of the program.</summary>
    /// <exception cref="RunException">An operator's mistake.</exception>
    public static async Task<T> ShownAsync<T>(Func<Task<T>> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        try
        {
            return await part().ConfigureAwait(false);
        }
        catch (ConfigurationException exception)
        {
            throw new RunException(exception.Message, exception);
        }
    }

    /// <summary>The same for a value inside of an output, whose failure never passes through the program.</summary>
    /// <exception cref="RunException">An operator's mistake.</exception>
    public static T Shown<T>(Func<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            return value();
        }
        catch (ConfigurationException exception)
        {
            throw new RunException(exception.Message, exception);
        }
    }
}
