using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Lab.Cloud.Views;
using Infra.Lab.CommandLine;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.Stacks;
using Infra.Lab.Stacks.Commands;

namespace Infra.Lab.Cloud.Commands;

/// <summary><c>./infra cloud faults</c>: what goes wrong in the account on demand, at once and until it is removed.</summary>
internal static class FaultsCommand
{
    private static readonly Argument<string[]> Fault = new("fault")
    {
        Description = $"Faults to add, as KIND[:WHAT][*COUNT][/DURATION]. Kinds: {string.Join(", ", FaultKinds.All.Keys)}. "
            + "Default: show the faults, or, if there is none, what each kind does.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> File = new("--file") { Description = "Add the faults of a file: a JSON array of such lines." };
    private static readonly Option<string[]> Remove = new("--remove")
    {
        Description = "Remove a fault by its line, or all of a kind. Repeatable.",
    };
    private static readonly Option<bool> Clear = new("--clear") { Description = "Remove all faults, before others are added." };
    private static readonly Option<string?> Stack = new("--stack")
    {
        Description = "Faults of the requests of ./infra up STACK, instead of the account of ./infra cloud.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create(Terminal terminal)
    {
        StackChoice.RefuseOptions(Fault, "cloud faults");
        Fault.CompletionSources.Add([.. FaultKinds.All.Keys]);
        Remove.CompletionSources.Add([.. FaultKinds.All.Keys]);
        var command = new Command("faults", "Show, add and remove faults: a size out of stock, errors of the API, late addresses.")
        {
            Fault, File, Remove, Clear, Stack, Json,
        };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var asked = new FaultChange(parsed.GetValue(Clear), parsed.GetValue(Remove) ?? [],
                [.. FromFile(parsed.GetValue(File)), .. parsed.GetValue(Fault)!.Select(Checked)]);
            var change = asked is { Clear: false, Remove.Count: 0, Add.Count: 0 } ? null : asked;
            var faults = parsed.GetValue(Stack) is { } stack ? StackFaults.Change(StackChoice.Find(stack), change)
                : await OfCloudAsync(change, cancel);
            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(faults, CloudJson.Default.IReadOnlyListString);
            }
            else
            {
                CloudView.WriteFaults(terminal, faults);
            }
        }));
        return command;
    }

    private static async Task<IReadOnlyList<string>> OfCloudAsync(FaultChange? change, CancellationToken cancel)
    {
        var cloud = CloudCommand.RunningCloud();
        using var control = new CloudControlClient(cloud);
        try
        {
            return await control.FaultsAsync(change, cancel);
        }
        catch (HttpRequestException exception)
        {
            throw LabUserError.Of("cloud", null, $"does not answer: {exception.Message}", cloud.Folder.UpCommand);
        }
    }

    private static string Checked(string line)
    {
        try
        {
            _ = DigitalOcean.Faults.Fault.Parse(line);
            return line;
        }
        catch (FormatException exception)
        {
            throw LabUserError.Of("fault", line, $"is not a fault: {exception.Message.Split(": ", 2)[^1]}",
                "./infra cloud faults out-of-stock:gpu-h200x8-1128gb@nyc2");
        }
    }

    private static IReadOnlyList<string> FromFile(string? path)
    {
        try
        {
            return path is null ? [] : AccountFaults.ReadFile(System.IO.File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            var reason = exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : exception.Message;
            throw LabUserError.Of(File.Name, path, $"cannot be read: {reason}", "./infra cloud faults --help");
        }
    }
}
