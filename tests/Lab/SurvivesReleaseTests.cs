using Infra.Cli.CommandLine;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using static Infra.Tests.Lab.SurvivesStage;

namespace Infra.Tests.Lab;

/// <summary>Releases that servers cannot boot from: one message, with what was tried and what works.</summary>
[Collection(SerialLabs.Name)]
public sealed class SurvivesReleaseTests
{
    [Fact]
    public async Task A_release_with_an_unreachable_archive_is_reported_with_the_address_and_the_command_that_works()
    {
        // A port of this machine where nothing listens.
        var output = await RefusedAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["INFRA_LAB_UBUNTU"] = "http://127.0.0.1:9/ubuntu" }, "up", "nowhere",
            "--base", "ubuntu-24.04");
        Assert.Contains("--base: 'ubuntu-24.04' the archive of ubuntu-24.04 is unreachable: ", output, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:9/ubuntu/dists/noble/InRelease", output, StringComparison.Ordinal);
        Assert.Contains("fix: ./infra up --base debian-13", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_release_is_reported_with_the_known_ones()
    {
        var output = await RefusedAsync(new Dictionary<string, string>(), "up", "nowhere", "--base", "fedora-42");
        Assert.Contains("--base: 'fedora-42' must be one of debian-12, debian-13, ubuntu-24.04", output, StringComparison.Ordinal);
    }

    /// <summary>Each failure of a step keeps its reason, in whatever process it fails.</summary>
    [Theory]
    [InlineData("quietly sh -c 'echo the reason >&2; exit 4'")]
    [InlineData("quietly sh -c 'echo the reason >&2; exit 4' & wait $!")]
    [InlineData("(quietly sh -c 'echo the reason; exit 4')")]
    public async Task The_output_of_a_step_is_shown_when_it_fails(string step)
    {
        var work = Directory.CreateTempSubdirectory("infra-lab-step-");
        try
        {
            var answer = await HostProgram.AskAsync(
                "bash", ["-c", $". \"$1\"; work=$2; {step}", "-", Path.Combine(Sandbox.Scripts, "image.bash"), work.FullName],
                cancel: TestContext.Current.CancellationToken);
            Assert.Equal((1, "the reason\n"), (answer.Status, answer.Errors));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task<string> RefusedAsync(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        await using var project = new SurvivesProject();
        project.Write("nowhere", ConfigValues(("chat", Endpoint())));
        using var up = project.StartWith(variables, arguments);
        Assert.Equal(ExitCode.UserError, await up.EndAsync());
        Assert.DoesNotContain("   at ", up.Output, StringComparison.Ordinal);
        return up.Output;
    }
}
