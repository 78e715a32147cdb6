using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Planning.Errors;

namespace Infra.Tests.Unit.Cli;

/// <summary>Commands in the output of <c>./infra plan</c> are complete.</summary>
public sealed class PlanCommandLineTests
{
    private const string Right = "mistralai/Ministral-3-8B-Instruct-2512";

    [Theory]
    [InlineData("--model Ministral-3-8B", $"./infra plan --model {Right}")]
    [InlineData("--model Ministral-3-8B --context 8192 --json", $"./infra plan --context 8192 --json --model {Right}")]
    [InlineData("--model a/b,Ministral-3-8B --no-vision", $"./infra plan --no-vision --model a/b,{Right}")]
    [InlineData("--model a/b --size x --model Ministral-3-8B", $"./infra plan --size x --model a/b,{Right}")]
    [InlineData("--model a/b Ministral-3-8B", $"./infra plan --model a/b,{Right}")]
    [InlineData("--model something-long-that-the-message-cut", $"./infra plan --model {Right}")]
    public void A_fix_keeps_all_other_options(string typed, string fix) => Assert.Equal(fix, new PlanCommandLine(typed.Split(' '))
        .Complete(UserError.InStackConfig("--model", "Ministral-3-8B", "is not known", Right)).Fix);

    [Fact]
    public void A_fix_that_is_no_plan_command_is_unchanged()
    {
        var error = new UserError("--model", "x", "is not known", "add it to a catalog file of your own");

        Assert.Equal(error, new PlanCommandLine(["--model", "x"]).Complete(error));
    }

    [Theory]
    [InlineData("plan --model Ministral-3-8B --context 8192", $"./infra plan --context 8192 --model {Right}")]
    [InlineData("plan --region=tor9 --concurrency 4", "./infra plan --concurrency 4 --region tor1")]
    [InlineData("plan --region Toronto", "./infra plan --region tor1")]
    [InlineData("plan --concurrency 0 --size gpu-h100x1-80gb", "./infra plan --size gpu-h100x1-80gb --concurrency 4")]
    public async Task A_user_error_ends_with_the_complete_command_on_one_line(string typed, string fix)
    {
        using var error = new StringWriter();
        var terminal = new Terminal(TextWriter.Null, error, interactive: false);

        Assert.Equal(ExitCode.UserError, await InfraCommand.InvokeAsync(typed.Split(' '), terminal, [PlanCommand.Create(terminal)]));
        Assert.Contains($"  fix: {fix}", error.ToString().ReplaceLineEndings("\n").Split('\n'));
    }
}
