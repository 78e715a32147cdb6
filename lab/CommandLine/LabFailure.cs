using Infra.Cli.CommandLine;
using Infra.Cli.Project;
using Infra.Lab.Laboratories;
using Infra.Lab.Machines;
using Infra.Planning.Errors;

namespace Infra.Lab.CommandLine;

/// <summary>Guards the commands that have to do with servers.</summary>
internal static class LabFailure
{
    public static Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command) => GuardAsync(terminal, json, command, BrokenState);

    /// <param name="terminal">Where to tell it.</param>
    /// <param name="json">Whether a program reads it.</param>
    /// <param name="command">What may fail.</param>
    /// <param name="broken">Looks for a state file that cannot be read.</param>
    internal static Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command, Func<ConfigurationMistake?> broken) =>
        Failure.GuardAsync(terminal, json, command, exception => Explain(exception, broken));

    private static Explanation? Explain(Exception exception, Func<ConfigurationMistake?> broken) => exception switch
    {
        DeploymentFailure failure => broken() is { } file ? Explanation.Of(failure.Message, file.ToString()) : Explanation.Of(failure.Message),
        OperationCanceledException => Explanation.Of("interrupted: what is there stays; run it again to go on, or ./infra down"),
        _ => LabFault.Explain(exception, LabFolder.NamedFolder(), broken) is { } fault ? Explanation.Of(fault) : null,
    };

    /// <summary>A state file of this project that cannot be read; null where all can, or where nobody can tell.</summary>
    private static ConfigurationMistake? BrokenState()
    {
        try
        {
            var project = PulumiProject.Find(Environment.CurrentDirectory, AppContext.BaseDirectory);
            return StateFiles.FindBroken(LabFolder.StacksOf(project.Folder).Select(stack => LabFolder.Of(project.Folder, stack)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ConfigurationException)
        {
            return null;
        }
    }
}
