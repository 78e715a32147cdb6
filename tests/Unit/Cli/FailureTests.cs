using Infra.Cli.CommandLine;
using Infra.Planning.Errors;
using Pulumi;

namespace Infra.Tests.Unit.Cli;

/// <summary>How a command ends that needs no server.</summary>
public sealed class FailureTests
{
    private static readonly UserError s_error = new("region", "x", "is not a region", "pulumi config set region tor1");

    [Fact]
    public async Task A_user_error_is_reported_without_a_trace_also_through_pulumi()
    {
        var error = new ConfigurationException(s_error);
        var several = new AggregateException(error, new ConfigurationException(s_error with { Value = "y" }));

        Assert.Equal((ExitCode.UserError, $"{s_error}\n"), await EndAsync(error));
        Assert.Equal((ExitCode.UserError, $"{s_error}\n"), await EndAsync(new RunException(error.Message, error)));
        Assert.Equal((ExitCode.UserError, $"{s_error}\n{s_error with { Value = "y" }}\n"), await EndAsync(several));
    }

    [Fact]
    public async Task A_state_of_the_machine_is_reported_with_a_fix_and_without_what_only_the_lab_has()
    {
        var (status, full) = await EndAsync(new IOException("No space left on device : '/home/me/out.json'"));
        Assert.Equal(ExitCode.UserError, status);
        Assert.EndsWith("fix: free space there (df -h); then run it again\n", full, StringComparison.Ordinal);
        Assert.Equal("mount it writable; then run it again", HostFault.Explain(new IOException("Read-only file system"))?.Fix);
        Assert.Equal("/home/me/Pulumi.dev.yaml",
            HostFault.Explain(new UnauthorizedAccessException("Access to the path '/home/me/Pulumi.dev.yaml' is denied."))?.Key);
        Assert.Null(HostFault.Explain(new UnauthorizedAccessException("Access to the path '/sys/x' is denied.")));
    }

    [Fact]
    public async Task Anything_else_is_a_bug_with_its_trace()
    {
        var (status, reported) = await EndAsync(new InvalidOperationException("ours"));
        Assert.Equal(ExitCode.InternalError, status);
        Assert.Contains(nameof(InvalidOperationException), reported, StringComparison.Ordinal);
        Assert.Equal(ExitCode.InternalError, (await EndAsync(new RunException("unhandled"))).Status);
    }

    [Fact]
    public async Task What_was_cut_short_is_no_bug() =>
        Assert.Equal((ExitCode.Interrupted, "interrupted\n"), await EndAsync(new OperationCanceledException()));

    [Fact]
    public async Task A_command_that_computes_is_not_waited_for()
    {
        using var error = new StringWriter();
        using var pressed = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        var ended = Failure.GuardAsync(new Terminal(error, error, interactive: false), json: false, () => never.Task, pressed.Token);
        Assert.False(ended.IsCompleted);

        await pressed.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, await ended);
        Assert.Equal("interrupted\n", error.ToString().ReplaceLineEndings("\n"));
    }

    private static async Task<(int Status, string Reported)> EndAsync(Exception exception)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = await Failure.GuardAsync(new Terminal(output, error, interactive: false), json: false, () => throw exception);
        return (status, error.ToString().ReplaceLineEndings("\n"));
    }
}
