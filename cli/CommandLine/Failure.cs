using Infra.Planning.Errors;
using Pulumi;

namespace Infra.Cli.CommandLine;

/// <summary>Turns exceptions into a message and an exit status, the same for every command.</summary>
internal static class Failure
{
    /// <summary>Runs a command that uses only files of this machine.</summary>
    public static Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command) => GuardAsync(terminal, json, command, Explain);

    /// <summary>The same for a command that computes and does not look at <paramref name="cancel"/>: it is not waited for.</summary>
    public static Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command, CancellationToken cancel) =>
        GuardAsync(terminal, json, () => Task.Run(command, CancellationToken.None).WaitAsync(cancel));

    /// <param name="terminal">Where to report the failure.</param>
    /// <param name="json">Whether to report it as JSON.</param>
    /// <param name="command">The command.</param>
    /// <param name="explain">Explains failures that are not user errors; null: internal error.</param>
    public static async Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command, Func<Exception, Explanation?> explain)
    {
        try
        {
            await command();
            return ExitCode.Fine;
        }
        catch (Exception exception) when (UserErrorsIn(exception) is { } errors)
        {
            return Report(terminal, json, errors);
        }
        catch (Exception exception) when (explain(exception) is { } explanation)
        {
            if (explanation.Error is { } error)
            {
                return Report(terminal, json, [new ConfigurationException(error)]);
            }

            foreach (var words in explanation.Words)
            {
                terminal.WriteError(words);
            }

            return explanation.Status;
        }
        catch (Exception exception)
        {
            terminal.WriteError($"Internal error; please report it with the lines below.\n{exception}");
            return ExitCode.InternalError;
        }
        finally
        {
            terminal.HasEnded = true;
        }
    }

    private static Explanation? Explain(Exception exception) => exception is OperationCanceledException
        ? Explanation.OfInterruption("interrupted")
        : HostFault.Explain(exception) is { } fault ? Explanation.Of(fault) : null;

    private static int Report(Terminal terminal, bool json, IReadOnlyList<ConfigurationException> errors)
    {
        if (json)
        {
            terminal.WriteJson(FailureReport.Of(errors), FailureJson.Default.FailureReport);
        }
        else
        {
            foreach (var error in errors)
            {
                terminal.WriteError(error.Message);
            }
        }

        return ExitCode.UserError;
    }

    /// <summary>The user errors behind an exception, or null if any part of it is an internal error.</summary>
    private static IReadOnlyList<ConfigurationException>? UserErrorsIn(Exception exception) => exception switch
    {
        ConfigurationException error => [error],
        AggregateException many => All(many.InnerExceptions),
        RunException { InnerException: { } inner } => UserErrorsIn(inner),
        _ => null,
    };

    private static List<ConfigurationException>? All(IEnumerable<Exception> exceptions)
    {
        var all = new List<ConfigurationException>();
        foreach (var exception in exceptions)
        {
            if (UserErrorsIn(exception) is not { } errors)
            {
                return null;
            }

            all.AddRange(errors);
        }

        return all.Count > 0 ? all : null;
    }
}
