using System.Collections;
using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Lab.Host;
using Infra.Lab.Linux;

namespace Infra.Lab.Stacks.Commands;

/// <summary><c>./infra logs</c>, <c>ssh</c> and <c>exec</c>: access to a server, as its operator or as root.</summary>
internal static class NodeCommands
{
    private const string OperatorPlace = "operator";
    private const string OutsiderPlace = "outsider";

    // journalctl hides lines with control characters; this removes invisible characters and bidirectional marks.
    private const string CleanJournal =
        "export LC_ALL=C.UTF-8; journalctl --no-pager --output=short-iso --unit \"$1\" \"$2\" "
        + "| sed -u 's/[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/?/g'";

    private static readonly Option<string?> Stack = StackChoice.Option();

    public static IEnumerable<Command> Create(Terminal terminal)
    {
        yield return Logs(terminal);
        yield return Ssh(terminal);
        yield return Exec(terminal);
    }

    private static Command Logs(Terminal terminal)
    {
        var node = new Argument<string>("node") { Description = "Name of a server: chat-0." };
        var unit = new Option<string>("--unit", "-u") { Description = "Unit or unit pattern.", DefaultValueFactory = _ => "inference-*" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Follow new lines." };
        var command = new Command("logs", "Show the journal of a server's units.") { node, unit, follow, Stack };
        command.SetAction((parsed, _) => Guarded(terminal, parsed.GetValue(Stack), lab =>
        {
            var found = FindNode(lab, parsed.GetValue(node)!);
            return Become(lab.Server(found).Inside(
                ["bash", "-o", "pipefail", "-c", CleanJournal, "-", parsed.GetValue(unit)!,
                    parsed.GetValue(follow) ? "--follow" : "--no-tail"]));
        }));
        return command;
    }

    private static Command Ssh(Terminal terminal)
    {
        var node = new Argument<string>("node") { Description = "Name of a server: chat-0." };
        var rest = new Argument<string[]>("command")
        {
            Description = "Command to run there, after --. Default: a shell.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command =
            new Command("ssh", "Log in to a server as ops, with the stack's key, from an address of adminCidrs.") { node, rest, Stack };
        command.SetAction((parsed, _) => Guarded(terminal, parsed.GetValue(Stack), lab =>
        {
            var found = FindNode(lab, parsed.GetValue(node)!);
            var files = new AccessFiles(lab.Folder);
            return Become(lab.Sandbox.Network(null,
            [
                "ssh", "-F", "none", "-b", lab.Sandbox.Operator, "-i", files.OperatorKey, "-o", "IdentitiesOnly=yes",
                "-o", $"UserKnownHostsFile={files.KnownHosts}", "-o", "StrictHostKeyChecking=yes", $"ops@{found.PublicAddress}",
                .. parsed.GetValue(rest)!,
            ]));
        }));
        return command;
    }

    private static Command Exec(Terminal terminal)
    {
        var place = new Argument<string>("place")
        {
            Description =
                $"Name of a server, to run the command there as root; or {OperatorPlace}, {OutsiderPlace} or "
                    + $"{HostRuntime.NeighbourName} (in the VPC), to run a program of this machine in that network.",
        };
        var rest = new Argument<string[]>("command")
        {
            Description = "Command and its arguments, after --.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("exec", "Run a command as root on a server, or in a network of the lab.") { place, rest, Stack };
        command.SetAction((parsed, _) => Guarded(terminal, parsed.GetValue(Stack), lab =>
        {
            var name = parsed.GetValue(place)!;
            if (name is OperatorPlace or OutsiderPlace or HostRuntime.NeighbourName)
            {
                var network = name == HostRuntime.NeighbourName ? name : null;
                return File.Exists(lab.Sandbox.NetworkPath(network))
                    ? Become(lab.Sandbox.Network(network, parsed.GetValue(rest)!))
                    : throw LabUserError.Of("place", name, "exists only after the first server", $"./infra up {lab.Stack}");
            }

            var found = FindNode(lab, name);
            return Become(lab.Server(found).Inside(parsed.GetValue(rest)!));
        }));
        return command;
    }

    private static Task<int> Guarded(Terminal terminal, string? stack, Func<LabStack, Task> act) =>
        LabFailure.GuardAsync(terminal, json: false, () => StackChoice.WithUpAsync(stack, act));

    /// <summary>A program between a terminal and a shell would have to know which of its signals are meant for whom.</summary>
    private static Task Become(IReadOnlyList<string> words)
    {
        ProgramReplacement.Become(words, Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal));
        return Task.CompletedTask;
    }

    private static DeployedNode FindNode(LabStack lab, string name)
    {
        var nodes = lab.Nodes();
        var node = nodes.FirstOrDefault(node => node.Name == name || node.Hostname == name)
            ?? throw LabUserError.Of("node", name,
                $"is not a server of {lab.Stack}; choose from {string.Join(", ", nodes.Select(node => node.Name))}",
                "./infra status");
        return lab.Server(node).Leader is not null ? node
            : throw LabUserError.Of("node", name, "is off", $"./infra up {lab.Stack}");
    }
}
