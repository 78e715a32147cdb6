using Infra.Planning.Errors;
using Pulumi;

namespace Infra.Components;

/// <summary>
/// Converts user errors for Pulumi. The layers below do not depend on Pulumi, and Pulumi shows only the message of a <see
/// cref="RunException"/>, without a stack trace.
/// </summary>
public static class UserErrors
{
    /// <summary>Runs a part of the program.</summary>
    /// <exception cref="RunException">A user error.</exception>
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

    /// <summary>The same for a value inside an output, whose failure does not pass through the program.</summary>
    /// <exception cref="RunException">A user error.</exception>
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
