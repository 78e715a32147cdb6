using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Infra.Cli.CommandLine;
using Infra.Cli.Project;
using Infra.Lab.Cloud.Views;
using Infra.Lab.CommandLine;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Host;
using Infra.Lab.Stacks;
using Infra.Lab.Stacks.Commands;
using Cidr = Infra.Planning.Config.Cidr;

namespace Infra.Lab.Cloud.Commands;

/// <summary><c>./infra cloud</c>: DigitalOcean's API on this machine, for any program that speaks it.</summary>
internal static class CloudCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    private static readonly string[] s_paces = [.. Enum.GetNames<Pace>().Select(name => name.ToLowerInvariant())];

    public static IEnumerable<Command> Create(Terminal terminal)
    {
        yield return new Command("cloud", "DigitalOcean's API on this machine, in front of servers that boot.")
        {
            Up(terminal), Shell(terminal), Exec(terminal), Status(terminal), FaultsCommand.Create(terminal), Down(terminal),
        };
        var folder = new Argument<string>("folder");
        var process = new Command(CloudProcess.CommandName) { folder };
        process.Hidden = true;
        process.SetAction((parsed, cancel) =>
            LabFailure.GuardAsync(terminal, json: false, () => CloudProcess.RunAsync(parsed.GetValue(folder)!, cancel)));
        yield return process;
    }

    private static Command Up(Terminal terminal)
    {
        var stacks = new Argument<string[]>("stack")
        {
            Description = "Stacks whose models and packages the mirrors serve. Default: those of the project without an error.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        StackChoice.RefuseOptions(stacks, "cloud up");
        stacks.CompletionSources.Add(static _ => StackChoice.Project().Stacks);
        var pace = new Option<string?>("--pace")
        {
            Description = "fast: things take as long as this machine needs. real: at least as long as at DigitalOcean. "
                + "Default: that of the last start, or fast.",
        };
        pace.CompletionSources.Add(s_paces);
        var release = new Option<string?>("--base")
        {
            Description = $"Release of new Droplets: {string.Join(", ", ServerBase.All.Select(known => known.Name))}. "
                + $"Default: that of the last start, or {ServerBase.Default}.",
        };
        release.CompletionSources.Add([.. ServerBase.All.Select(known => known.Name)]);
        var noServers = new Option<bool>("--no-servers") { Description = "Only the API: Droplets become active and do not boot." };
        var address = new Option<string?>("--address")
        {
            Description =
                "IPv4 address of the programs inside, as firewalls see it. "
                    + $"Default: that of the last start, or {CloudSettings.DefaultAddress}.",
        };
        var command = new Command("up", "Start the API with an empty account, or what is missing of it; its resources stay.")
        {
            stacks, pace, release, noServers, address, Json,
        };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var project = StackChoice.Project();
            var options = new CloudUpOptions
            {
                Project = project,
                Stacks = [.. parsed.GetValue(stacks)!.Select(StackName.Of).Distinct(StringComparer.Ordinal)],
                Pace = Chosen(pace.Name, parsed.GetValue(pace), s_paces) is { } word ? Enum.Parse<Pace>(word, ignoreCase: true) : null,
                Base = Chosen(release.Name, parsed.GetValue(release), [.. ServerBase.All.Select(known => known.Name)]),
                NoServers = parsed.GetValue(noServers),
                Address = Address(address.Name, parsed.GetValue(address)),
                Print = terminal.WriteError,
            };
            var report = await CloudLab.Of(project.Folder).UpAsync(options, cancel);
            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(report, CloudJson.Default.CloudUpReport);
            }
            else
            {
                CloudView.Write(terminal, report);
            }
        }));
        return command;
    }

    private static Command Shell(Terminal terminal)
    {
        var command = new Command("shell", "Open your shell inside: api.digitalocean.com is the lab's, and nothing else is reachable.");
        command.SetAction((_, _) => LabFailure.GuardAsync(terminal, json: false, () =>
        {
            var cloud = RunningCloud();
            CloudView.WriteGreeting(terminal);
            CloudShell.Become(cloud, []);
            return Task.CompletedTask;
        }));
        return command;
    }

    private static Command Exec(Terminal terminal)
    {
        var rest = new Argument<string[]>("command")
        {
            Description = "Command and its arguments, after --.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("exec", "Run a program of this machine inside, as you: pulumi, terraform, doctl, curl.") { rest };
        command.SetAction((parsed, _) => LabFailure.GuardAsync(terminal, json: false, () =>
        {
            CloudShell.Become(RunningCloud(), parsed.GetValue(rest)!);
            return Task.CompletedTask;
        }));
        return command;
    }

    private static Command Status(Terminal terminal)
    {
        var command = new Command("status", "Show the resources of the account, with their states and prices, and the faults.") { Json };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var status = await CloudView.StatusAsync(CloudLab.Of(StackChoice.Project().Folder), cancel);
            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(status, CloudJson.Default.CloudStatus);
            }
            else
            {
                CloudView.Write(terminal, status);
            }
        }));
        return command;
    }

    private static Command Down(Terminal terminal)
    {
        var command = new Command("down", "Delete the account and everything in it: servers, disks, namespaces and files.");
        command.SetAction((_, cancel) => LabFailure.GuardAsync(terminal, json: false, async () =>
        {
            var wasThere = await CloudLab.Of(StackChoice.Project().Folder).DownAsync(terminal.WriteError, cancel);
            terminal.Console.Profile.Out.Writer.WriteLine($"the cloud {(wasThere ? "is deleted" : "is not running")}");
        }));
        return command;
    }

    internal static CloudLab RunningCloud()
    {
        var cloud = CloudLab.Of(StackChoice.Project().Folder);
        cloud.RequireUp();
        return cloud;
    }

    private static string? Chosen(string option, string? value, string[] allowed) =>
        value is null || allowed.Contains(value) ? value
        : throw LabUserError.Of(option, value, $"must be one of {string.Join(", ", allowed)}", $"./infra cloud up {option} {allowed[0]}");

    /// <summary>Any address that no part of the lab has.</summary>
    private static string? Address(string option, string? value)
    {
        var taken = new[] { "198.51.100.0/24", "192.0.2.0/24", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8", "224.0.0.0/3" };
        return value is null || (IPAddress.TryParse(value, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            && address.ToString() == value && !taken.Any(range => Cidr.Parse(range).Contains(address)))
            ? value
            : throw LabUserError.Of(option, value, $"must be an IPv4 address outside of {string.Join(", ", taken)}",
                $"./infra cloud up {option} {CloudSettings.DefaultAddress}");
    }
}
