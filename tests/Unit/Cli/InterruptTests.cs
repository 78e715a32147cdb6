using System.Diagnostics;
using Infra.Cli.CommandLine;
using Infra.Tests.Unit.Hub;

namespace Infra.Tests.Unit.Cli;

/// <summary>Ctrl-C during a command: the program itself, with the signal that a terminal sends.</summary>
public sealed class InterruptTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(50);

    [Fact]
    public async Task A_command_that_waits_ends_with_one_line_and_the_status_of_the_signal()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal of Linux");
        await using var hub = new StubHub();
        hub.Answers["/api/models/acme/model/revision/main"] = new(200, "") { Hangs = true };
        // A background job of a shell ignores the signal, and so do its children.
        using var process = Process.Start(new ProcessStartInfo("env",
        [
            "--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "Infra.Cli.dll"),
            "plan", "--from-hub", "acme/model", "--hub", hub.Url,
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        while (hub.Requests.IsEmpty)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }

        using (var kill = Process.Start("sh", ["-c", $"kill -INT {process.Id}"]))
        {
            await kill.WaitForExitAsync(limit.Token);
        }

        Assert.Equal("interrupted\n", await process.StandardError.ReadToEndAsync(limit.Token));
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(ExitCode.Interrupted, process.ExitCode);
    }
}
