using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Lab.Stacks.Views;

namespace Infra.Lab.Stacks.Commands;

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
            var labs = parsed.GetValue(Stack) is { } named
                ? [StackChoice.Named(StackChoice.Project(), named, "status")]
                : StackChoice.Existing(StackChoice.Project());
            var reports = new List<StatusReport>();
            foreach (var lab in labs)
            {
                reports.Add(await StatusReport.OfAsync(lab, cancel));
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
