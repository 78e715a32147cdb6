using Infra.Lab.Laboratories;
using Infra.Lab.Laboratories.Commands;
using Infra.Lab.Machines;
using Infra.Planning.Errors;
using Pulumi;

namespace Infra.Lab.CommandLine;

/// <summary>Turns what went wrong into a message and an exit code, the same for every command.</summary>
internal static class Failure
{
    public static Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command) =>
        GuardAsync(terminal, json, command, BrokenState);

    /// <param name="terminal">Where to tell it.</param>
    /// <param name="json">Whether a program reads it.</param>
    /// <param name="command">What may fail.</param>
    /// <param name="broken">Looks for a state file that cannot be read.</param>
    internal static async Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command, Func<ConfigurationMistake?> broken)
    {
        try
        {
            await command();
            return ExitCode.Fine;
        }
        catch (Exception exception) when (OperatorMistakes(exception) is { } mistakes)
        {
            return Report(terminal, json, mistakes);
        }
        catch (DeploymentFailure failure)
        {
            terminal.WriteError(failure.Message);
            if (broken() is { } file)
            {
                terminal.WriteError(file.ToString());
            }

            return ExitCode.OperatorMistake;
        }
        catch (OperationCanceledException)
        {
            terminal.WriteError("interrupted: what is there stays; run it again to go on, or ./infra down");
            return ExitCode.OperatorMistake;
        }
        catch (Exception exception) when (HostFault.Explain(exception, LabFolder.NamedFolder(), broken) is { } fault)
        {
            return Report(terminal, json, [new ConfigurationException(fault)]);
        }
        catch (Exception exception)
        {
            terminal.WriteError($"This is a bug of ours; please report it with the lines below.\n{exception}");
            return ExitCode.Bug;
        }
    }

    private static int Report(Terminal terminal, bool json, IReadOnlyList<ConfigurationException> mistakes)
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

    /// <summary>A state file of this project that cannot be read; null where all can, or where nobody can tell.</summary>
    private static ConfigurationMistake? BrokenState()
    {
        try
        {
            var project = StackChoice.Project();
            return StateFiles.FindBroken(LabFolder.StacksOf(project.Folder).Select(stack => LabFolder.Of(project.Folder, stack)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ConfigurationException)
        {
            return null;
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
