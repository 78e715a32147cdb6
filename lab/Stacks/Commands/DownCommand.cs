using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;

namespace Infra.Lab.Stacks.Commands;

/// <summary><c>./infra down</c>: deletes a lab; only the cache remains, which makes the next start fast.</summary>
internal static class DownCommand
{
    private static readonly Argument<string?> Stack = new("stack")
    {
        Description = "Name of a stack. Default: every lab of this project.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create(Terminal terminal)
    {
        StackChoice.RefuseOptions(Stack, "down");
        var command = new Command("down", "Stop a lab and delete all of its processes, mounts, namespaces and files.") { Stack };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, json: false, async () =>
        {
            var labs = parsed.GetValue(Stack) is { } named
                ? [StackChoice.Named(StackChoice.Project(), named, "down")]
                : StackChoice.Existing(StackChoice.Project());
            foreach (var lab in labs)
            {
                var wasThere = await lab.DownAsync(terminal.WriteError, cancel);
                terminal.Console.Profile.Out.Writer.WriteLine($"{lab.Stack} {(wasThere ? "is stopped" : "is not running")}");
            }

            if (labs.Count == 0)
            {
                terminal.Console.Profile.Out.Writer.WriteLine("no lab is running");
            }
        }));
        return command;
    }
}
