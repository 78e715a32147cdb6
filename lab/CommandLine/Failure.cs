using Infra.Components;
using Infra.Lab.Laboratories;
using Pulumi;

namespace Infra.Lab.CommandLine;

/// <summary>Turns what went wrong into a message and an exit code, the same for every command.</summary>
internal static class Failure
{
    public static async Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command)
    {
        try
        {
            await command();
            return ExitCode.Fine;
        }
        catch (Exception exception) when (OperatorMistakes(exception) is { } mistakes)
        {
            if (json)
            {
                terminal.WriteJson(FailureReport.Of(mistakes), TerminalJson.Default.FailureReport);
            }
            else
            {
                foreach (var mistake in mistakes)
                {
                    terminal.WriteError(mistake.Message);
                }
            }

            return ExitCode.OperatorMistake;
        }
        catch (DeploymentFailure failure)
        {
            terminal.WriteError(failure.Message);
            return ExitCode.OperatorMistake;
        }
        catch (OperationCanceledException)
        {
            terminal.WriteError("interrupted: what is there stays; run it again to go on, or ./infra down");
            return ExitCode.OperatorMistake;
        }
        catch (Exception exception)
        {
            terminal.WriteError($"This is a bug of ours; please report it with the lines below.\n{exception}");
            return ExitCode.Bug;
        }
    }

    /// <summary>The operator's mistakes behind an exception, or null if any part of it is ours.</summary>
    private static IReadOnlyList<ConfigurationException>? OperatorMistakes(Exception exception) => exception switch
    {
        ConfigurationException mistake => [mistake],
        AggregateException many => All(many.InnerExceptions),
        RunException { InnerException: { } inner } => OperatorMistakes(inner),
        _ => null,
    };

    private static List<ConfigurationException>? All(IEnumerable<Exception> exceptions)
    {
        var all = new List<ConfigurationException>();
        foreach (var exception in exceptions)
        {
            if (OperatorMistakes(exception) is not { } mistakes)
            {
                return null;
            }

            all.AddRange(mistakes);
        }

        return all.Count > 0 ? all : null;
    }
}
