using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Cli.Preview;
using Infra.Lab.Benches;
using Infra.Lab.Cloud.Commands;
using Infra.Lab.Stacks.Commands;

namespace Infra.Tests.Unit.Lab.CommandLine;

/// <summary>One contract for the command line of every command.</summary>
public sealed class LabCommandLineTests
{
    [Theory]
    [InlineData("preview")]
    [InlineData("plan")]
    [InlineData("up")]
    [InlineData("ask")]
    [InlineData("status")]
    [InlineData("down")]
    [InlineData("mirrors")]
    [InlineData("logs")]
    [InlineData("ssh")]
    [InlineData("exec")]
    [InlineData("bench")]
    [InlineData("bench boot")]
    [InlineData("bench proxy")]
    [InlineData("bench api")]
    [InlineData("cloud")]
    [InlineData("cloud up")]
    [InlineData("cloud shell")]
    [InlineData("cloud exec")]
    [InlineData("cloud status")]
    [InlineData("cloud faults")]
    [InlineData("cloud down")]
    public async Task Every_command_has_a_help_and_refuses_an_unknown_option_with_it(string command)
    {
        var (status, output, errors) = await RunAsync($"{command} --help");
        Assert.True(status == ExitCode.Fine, errors);
        Assert.Contains($"./infra {command}", output, StringComparison.Ordinal);

        (status, output, errors) = await RunAsync($"{command} --no-such-option");
        Assert.Equal(ExitCode.UserError, status);
        Assert.Equal("", output);
        Assert.EndsWith($"\n  fix: ./infra {command} --help\n", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(string typed)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, interactive: false);
        Command[] commands =
        [
            PreviewCommand.Create(terminal), PlanCommand.Create(terminal), UpCommand.Create(terminal), AskCommand.Create(terminal),
            StatusCommand.Create(terminal), DownCommand.Create(terminal), MirrorsCommand.Create(terminal), BenchCommand.Create(terminal),
            .. NodeCommands.Create(terminal), .. CloudCommand.Create(terminal),
        ];
        var status = await InfraCommand.InvokeAsync(typed.Split(' '), terminal, commands);
        return (status, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
