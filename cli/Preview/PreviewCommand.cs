using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Cli.Project;

namespace Infra.Cli.Preview;

/// <summary><c>./infra preview</c>: shows what <c>pulumi up</c> would create, at what price and why.</summary>
internal static class PreviewCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create(Terminal terminal)
    {
        var stack = new Argument<string?>("stack")
        {
            Description = "Name of a stack, or its file Pulumi.STACK.yaml. "
                + $"Default: PULUMI_STACK, or what `pulumi stack select` chose, or {SelectedStack.Default}.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        stack.CompletionSources.Add(static _ => PulumiProject.Find(Environment.CurrentDirectory, AppContext.BaseDirectory).Stacks);
        // Otherwise the parser takes a mistyped option for a stack name.
        stack.Validators.Add(given =>
        {
            foreach (var token in given.Tokens.Where(token => token.Value.StartsWith('-')))
            {
                given.AddError($"'{token.Value}' is not an option of preview.");
            }
        });
        var command =
            new Command("preview", "Show what `pulumi up` would create: hardware, open ports, price, and the reasons.") { stack, Json };
        command.SetAction((parsed, cancel) => Failure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var project = PulumiProject.Find(Environment.CurrentDirectory, AppContext.BaseDirectory);
            if (!AppContext.BaseDirectory.StartsWith(project.Folder, StringComparison.Ordinal))
            {
                terminal.WriteError($"the project of the current folder: {project.Name} in {project.Folder}");
            }

            var preview = await StackPreview.RunAsync(project, parsed.GetValue(stack) is { } named ? StackName.Of(named)
                : Selected(terminal, project));
            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(PreviewReport.Of(preview), PreviewJson.Default.PreviewReport);
            }
            else
            {
                PreviewView.Write(terminal, preview);
            }
        }, cancel));
        return command;
    }

    private static string Selected(Terminal terminal, PulumiProject project)
    {
        var selected = SelectedStack.Of(project, Environment.GetEnvironmentVariable);
        if (selected.Reason is { } reason)
        {
            terminal.WriteError($"stack {selected.Name}: selected by {reason}");
        }

        return selected.Name;
    }
}
