using Infra.Cli.CommandLine;
using Infra.Cli.Project;
using Infra.Lab.Host;
using Infra.Lab.Stacks;
using Infra.Planning.Errors;

namespace Infra.Lab.CommandLine;

/// <summary>Runs the commands that involve servers.</summary>
internal static class LabFailure
{
    public static Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command) =>
        GuardAsync(terminal, json, command, BrokenState);

    /// <param name="terminal">Where to report the failure.</param>
    /// <param name="json">Whether to report it as JSON.</param>
    /// <param name="command">The command.</param>
    /// <param name="broken">Finds an unreadable state file.</param>
    internal static Task<int> GuardAsync(Terminal terminal, bool json, Func<Task> command, Func<UserError?> broken) =>
        Failure.GuardAsync(terminal, json, command, exception => Explain(exception, broken));

    private static Explanation? Explain(Exception exception, Func<UserError?> broken) => exception switch
    {
        DeploymentFailure failure =>
            broken() is { } file ? Explanation.Of(failure.Message, file.ToString()) : Explanation.Of(failure.Message),
        OperationCanceledException =>
            Explanation.OfInterruption("interrupted: existing resources are kept; run it again to continue, or ./infra down"),
        _ => LabFault.Explain(exception, LabFolder.NamedFolder(), broken) is { } fault ? Explanation.Of(fault) : null,
    };

    /// <summary>An unreadable state file of this project; null if all are readable, or if it is unknown.</summary>
    private static UserError? BrokenState()
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
