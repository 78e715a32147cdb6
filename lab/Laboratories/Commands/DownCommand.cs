using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;

namespace Infra.Lab.Laboratories.Commands;

/// <summary><c>./infra down</c>: deletes a lab; only the cache remains, which makes the next start fast.</summary>
internal static class DownCommand
{
    private static readonly Argument<string?> Stack = new("stack")
    {
        Description = "Name of a stack. Default: every laboratory of this project.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create(Terminal terminal)
    {
        StackChoice.RefuseOptions(Stack, "down");
        var command = new Command("down", "Takes a laboratory down: no process, mount, namespace or file of it stays.") { Stack };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, json: false, async () =>
        {
            var laboratories = parsed.GetValue(Stack) is { } named
                ? [StackChoice.Named(StackChoice.Project(), named, "down")]
                : StackChoice.Existing(StackChoice.Project());
            foreach (var laboratory in laboratories)
            {
                var wasThere = await laboratory.DownAsync(terminal.WriteError, cancel);
                terminal.Console.Profile.Out.Writer.WriteLine($"{laboratory.Stack} {(wasThere ? "is down" : "is not up")}");
            }

            if (laboratories.Count == 0)
            {
                terminal.Console.Profile.Out.Writer.WriteLine("no laboratory is up");
            }
        }));
        return command;
    }
}
