using System.CommandLine;
using System.Text.Json;
using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Cli.Preview;
using Infra.Cli.Project;

namespace Infra.Tests.Unit.Cli;

/// <summary>How a command line is read.</summary>
public sealed class InfraCommandTests
{
    [Theory]
    [InlineData("dev", "dev")]
    [InlineData("dev.yaml", "dev")]
    [InlineData("Pulumi.dev.yaml", "dev")]
    [InlineData("./Pulumi.my-stack.yml", "my-stack")]
    [InlineData("../Pulumi.dev.yaml", "../Pulumi.dev.yaml")]
    [InlineData("Pulumi.yaml", "Pulumi")]
    public void The_file_of_a_stack_means_the_stack(string typed, string stack) => Assert.Equal(stack, StackName.Of(typed));

    [Theory]
    [InlineData("plan --json --context abc", "plan", "--context: 'abc' is not a whole number")]
    [InlineData("plan --json --gpu-memory-utilization 0,9", "plan", "--gpu-memory-utilization: '0,9' is not a number; write 0.9")]
    [InlineData("preview --jsno --json", "preview", "'--jsno' is not an option of preview.")]
    public async Task With_json_a_line_that_is_not_understood_is_reported_as_json(string typed, string command, string problem)
    {
        var (status, output, errors) = await RunAsync(typed);

        Assert.Equal(ExitCode.UserError, status);
        Assert.Equal("", errors);
        using var report = JsonDocument.Parse(output);
        var error = report.RootElement.GetProperty("mistakes")[0];
        Assert.Equal(command, error.GetProperty("key").GetString());
        Assert.Equal(problem, error.GetProperty("problem").GetString());
        Assert.Equal($"./infra {command} --help", error.GetProperty("fix").GetString());
    }

    [Theory]
    [InlineData("plan --context abc", "  fix: ./infra plan --help")]
    [InlineData("pln", "'pln'.\nchoose a command: preview, plan\n  fix: ./infra --help")]
    public async Task Without_json_it_is_text(string typed, string fix)
    {
        var (status, output, errors) = await RunAsync(typed);

        Assert.Equal(ExitCode.UserError, status);
        Assert.Equal("", output);
        Assert.EndsWith($"{fix}\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_that_begins_with_an_at_sign_names_no_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "plan\n--help\n");

        var (status, output, errors) = await RunAsync($"plan --model @{file}");

        File.Delete(file);
        Assert.Equal((ExitCode.UserError, ""), (status, output));
        Assert.StartsWith($"--model: '@{file}' is not a model of the catalog", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan --mod", "--model")]
    [InlineData("plan --size gpu-h100", "gpu-h100x1-80gb")]
    [InlineData("plan --availability sp", "spot")]
    [InlineData("plan --availability ", "spot")]
    [InlineData("plan --size ", "gpu-h100x1-80gb")]
    [InlineData("pre", "preview")]
    [InlineData("preview d", "dev")]
    [InlineData("preview ", "dev")]
    public async Task The_last_word_of_a_line_is_completed(string typed, string completion)
    {
        var (status, output, _) = await RunAsync($"complete {typed}");

        Assert.Equal(ExitCode.Fine, status);
        Assert.Contains(completion, output.Split('\n'));
        Assert.Equal(typed.EndsWith("--size ", StringComparison.Ordinal), output.Split('\n').Contains("gpu-4000adax1-20gb"));
    }

    [Fact]
    public async Task In_a_pipe_no_row_is_folded()
    {
        var (_, output, _) = await RunAsync("plan --model mistralai/Mistral-Large-3-675B-Instruct-2512");

        var rows = output.Split('\n').Where(line => line.StartsWith('\u2502')).Skip(1).ToArray();
        Assert.True(rows.Max(row => row.Length) > 240, "no reason is long enough");
        Assert.All(rows, row => Assert.StartsWith("\u2502 gpu-", row, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("plan --json")]
    [InlineData("plan --json --context x")]
    [InlineData("plan --help")]
    [InlineData("complete plan --size")]
    public async Task Output_to_a_full_disk_is_a_user_error(string typed)
    {
        using var output = new FullDisk();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, interactive: false);

        Assert.Equal(ExitCode.UserError, await InfraCommand.InvokeAsync(typed.Split(' '), terminal, [PlanCommand.Create(terminal)]));
        Assert.StartsWith("disk is full: No space left on device", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(string typed)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, interactive: false);
        var commands = new Command[] { PreviewCommand.Create(terminal), PlanCommand.Create(terminal) };
        var status = await InfraCommand.InvokeAsync(typed.Split(' '), terminal, commands);
        return (status, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    private sealed class FullDisk : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device : '/dev/full'");
    }
}
