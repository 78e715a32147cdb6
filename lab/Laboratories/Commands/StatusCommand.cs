using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Lab.Laboratories.Views;

namespace Infra.Lab.Laboratories.Commands;

/// <summary><c>./infra status</c>: servers, load balancers and mirrors of the labs of this project.</summary>
internal static class StatusCommand
{
    private static readonly Argument<string?> Stack = new("stack")
    {
        Description = "Name of a stack. Default: every lab of this project.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create(Terminal terminal)
    {
        StackChoice.RefuseOptions(Stack, "status");
        var command =
            new Command("status", "Show what is running: servers with their phases, load balancers with their backends.") { Stack, Json };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var laboratories = parsed.GetValue(Stack) is { } named
                ? [StackChoice.Named(StackChoice.Project(), named, "status")]
                : StackChoice.Existing(StackChoice.Project());
            var reports = new List<StatusReport>();
            foreach (var laboratory in laboratories)
            {
                reports.Add(await StatusReport.OfAsync(laboratory, cancel));
            }

            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(reports, ViewJson.Default.IReadOnlyListStatusReport);
            }
            else
            {
                StatusView.Write(terminal, reports);
            }
        }));
        return command;
    }
}
