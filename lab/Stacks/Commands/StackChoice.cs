using System.Collections.Immutable;
using System.CommandLine;
using Infra.Cli.Project;
using Infra.Lab.Host;
using Infra.Planning.Errors;

namespace Infra.Lab.Stacks.Commands;

/// <summary>Selects the lab of a command: the named one, or the only one of the project.</summary>
internal static class StackChoice
{
    public static PulumiProject Project() => PulumiProject.Find(Environment.CurrentDirectory, AppContext.BaseDirectory);

    public static Option<string?> Option() => new("--stack") { Description = "Name of a stack with a running lab. Default: the only one." };

    /// <summary>Rejects options that would be taken for the name of a stack or node.</summary>
    public static void RefuseOptions(Argument argument, string command) => argument.Validators.Add(given =>
    {
        foreach (var token in given.Tokens.TakeWhile(token => token.Value != "--").Where(token => token.Value.StartsWith('-')))
        {
            given.AddError($"'{token.Value}' is not an option of {command}.");
        }
    });

    /// <summary>The lab of a stack, running or not.</summary>
    /// <exception cref="ConfigurationException">There is no such stack, or there are several labs and none was named.</exception>
    public static LabStack Find(string? stack)
    {
        var project = Project();
        if (stack is not null)
        {
            return Named(project, stack, "up");
        }

        var existing = Existing(project);
        return existing switch
        {
            [] => LabStack.Of(project, LabStack.DefaultStack),
            [var only] => only,
            _ => throw LabUserError.Of("stack", null,
                $"is required: {string.Join(", ", existing.Select(lab => lab.Stack))} are running",
                $"--stack {existing[0].Stack}"),
        };
    }

    /// <summary>The same, but it must be running.</summary>
    public static LabStack FindUp(string? stack) => Find(stack) is var found && found.IsUp ? found : throw found.Sandbox.NotUp();

    /// <summary>Uses a running lab; reports a user error if it is stopped meanwhile.</summary>
    public static async Task WithUpAsync(string? stack, Func<LabStack, Task> act)
    {
        var lab = FindUp(stack);
        try
        {
            await act(lab);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !lab.IsUp)
        {
            throw LabUserError.Of("lab", lab.Stack, "was stopped meanwhile", $"./infra up {lab.Stack}");
        }
    }

    /// <summary>
    /// Labs of this project with a folder: found even if the stack's file is broken or missing.
    /// </summary>
    public static IReadOnlyList<LabStack> Existing(PulumiProject project) =>
        [.. LabFolder.StacksOf(project.Folder).Select(stack => Unconfigured(project, stack))];

    /// <summary>One of them, or the lab of a stack that is not running.</summary>
    /// <exception cref="ConfigurationException">There is neither.</exception>
    public static LabStack Named(PulumiProject project, string typed, string command) =>
        StackName.Of(typed) is var stack && LabFolder.StacksOf(project.Folder).Contains(stack, StringComparer.Ordinal)
            ? Unconfigured(project, stack) : LabStack.Of(project, stack, command);

    // Inspecting or deleting a lab does not need its configuration.
    private static LabStack Unconfigured(PulumiProject project, string stack) => LabStack.Of(
        project.Folder, new StackFile(project.Name, stack, ImmutableDictionary<string, string>.Empty, ImmutableHashSet<string>.Empty));
}
