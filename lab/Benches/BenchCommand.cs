using System.CommandLine;
using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Planning.Catalog;

namespace Infra.Lab.Benches;

/// <summary>
/// <c>./infra bench boot</c>, <c>proxy</c> and <c>api</c>: manual measurements on this machine, see benchmarks/README.md.
/// </summary>
internal static class BenchCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create(Terminal terminal) => new("bench", "Run the benchmarks of benchmarks/README.md that need the lab.")
    {
        Boot(terminal), Proxy(terminal), Api(terminal),
    };

    private static Command Boot(Terminal terminal)
    {
        var rounds = Counted("--rounds", 3, "Boots of each kind, alternating.");
        var speed = new Option<double>("--megabytes-per-second")
        {
            Description = "Real bandwidth of each origin: registry, hub and Python index; scaled like the sizes.",
            DefaultValueFactory = _ => BootParameters.DefaultMegabytesPerSecond,
        };
        var engine = new Option<double>("--engine-seconds")
        {
            Description = "Engine time from start to first answer with all files on disk, the same for both.",
            DefaultValueFactory = _ => BootParameters.DefaultEngineSeconds,
        };
        var model = new Option<string>("--model")
        {
            Description = $"The model: {string.Join(" or ", BootParameters.Models)}.",
            DefaultValueFactory = _ => BootParameters.TutorialModel,
        };
        model.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is { } name && !BootParameters.Models.Contains(name, StringComparer.Ordinal))
            {
                given.AddError($"--model: '{name}' is not one of {string.Join(", ", BootParameters.Models)}");
            }
        });
        var install = new Option<EngineInstall>("--install")
        {
            Description = "Installation method of the engine: container or venv.",
            DefaultValueFactory = _ => EngineInstall.Container,
        };
        var command =
            new Command("boot",
                "Compare the boot of this project with a tutorial's steps, from Droplet creation to first answer.") { rounds, model, speed,
                    engine, install, Json };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var parameters = BootParameters.Of(parsed.GetValue(model)!, parsed.GetValue(speed), parsed.GetValue(engine),
                parsed.GetValue(install));
            var report = await BootBench.RunAsync(parameters, parsed.GetValue(rounds), terminal.WriteError, cancel);
            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(report, BenchJson.Default.BootReport);
            }
            else
            {
                BenchView.Write(terminal.Console, report);
            }
        }));
        return command;
    }

    private static Command Proxy(Terminal terminal)
    {
        var seconds = Counted("--seconds", 10, "Duration of each measurement.");
        var rounds = Counted("--rounds", 2, "Measurements of each way, alternating.");
        var command = new Command("proxy", "Compare streams through nginx on a node with the engine's socket.") { seconds, rounds, Json };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var report = await ProxyBench.RunAsync(parsed.GetValue(seconds), parsed.GetValue(rounds), terminal.WriteError, cancel);
            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(report, BenchJson.Default.ProxyReport);
            }
            else
            {
                BenchView.Write(terminal.Console, report);
            }
        }));
        return command;
    }

    private static Command Api(Terminal terminal)
    {
        var droplets = Counted("--droplets", 1000, "Droplets of the account; none of them boots.");
        var clients = Counted("--clients", 16, "Requests at a time.");
        var seconds = Counted("--seconds", 2, "Duration of each measurement.");
        var rounds = Counted("--rounds", 3, "Measurements of each kind, alternating.");
        var command = new Command("api",
            "Compare DigitalOcean's API on this machine with a server that only sends the same bytes.")
        {
            droplets, clients, seconds, rounds, Json,
        };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var report = await ApiBench.RunAsync(parsed.GetValue(droplets), parsed.GetValue(clients), parsed.GetValue(seconds),
                parsed.GetValue(rounds), terminal.WriteError, cancel);
            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(report, BenchJson.Default.ApiReport);
            }
            else
            {
                BenchView.Write(terminal.Console, report);
            }
        }));
        return command;
    }

    private static Option<int> Counted(string name, int usual, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(given =>
        {
            // The parser reports values that are not numbers.
            if (given.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var count) && count < 1)
            {
                given.AddError($"{name} must be at least 1.");
            }
        });
        return option;
    }
}
