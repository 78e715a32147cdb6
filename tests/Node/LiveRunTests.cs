using System.Globalization;

namespace Infra.Tests.Node;

/// <summary><c>live/run</c> against a cloud of files: what it asks, in which order, and that its bill ends whatever happens.</summary>
public sealed class LiveRunTests
{
    private static readonly string[] Questions =
    [
        "up", "image-release", "image-tools", "image-groups", "image-apt", "image-sockets", "image-units", "image-limits", "image-listing",
        "boot-phases", "boot-downloads", "boot-speed", "boot-idle", "preview-twice", "preview-refresh", "size-unit",
        "graphs-boot", "graphs-reboot", "engine-stop", "silent-61", "silent-601", "stream-1200", "balancer-name", "public-endpoint",
        "end-destroy", "end-destroy-twice", "end-tags", "end-janitor", "end-cost",
    ];

    [Fact]
    public async Task Every_question_is_asked_in_order_and_nothing_is_left_that_costs_money()
    {
        using var live = new LiveStage();
        var result = await live.RunAsync();

        Assert.True(result.ExitCode == 0, result.All);
        var answers = live.Report().GetProperty("answers").EnumerateArray().ToArray();
        Assert.Equal(Questions, answers.Select(answer => answer.GetProperty("id").GetString()));
        Assert.All(answers, answer => Assert.Equal(
            answer.GetProperty("id").GetString() is "size-unit" or "public-endpoint" ? "skipped" : "answered",
            answer.GetProperty("status").GetString()));
        Assert.All(answers, answer => Assert.NotEqual("", answer.GetProperty("answer").GetString()));
        Assert.Equal("nothing that costs money", live.Report().GetProperty("left").GetString());
        Assert.Contains("came whole after 1400.5 s", live.Answer("stream-1200").GetProperty("answer").GetString(),
            StringComparison.Ordinal);
        Assert.False(live.Exists("droplets/77") || live.Exists("load_balancers/lb-1") || live.Exists("tags/inference-run-live")
            || live.KeepsState);
        var page = await File.ReadAllTextAsync(Path.Combine(live.ReportFolder, "report.md"), TestContext.Current.CancellationToken);
        Assert.All(answers, answer => Assert.Contains(answer.GetProperty("question").GetString()!, page, StringComparison.Ordinal));
        // The price was printed before anything was created, and computed afterwards from the Droplet's creation: 900 s of waiting for the
        // graphs, at least.
        Assert.InRange(result.Errors.IndexOf("at most 2.34 USD", StringComparison.Ordinal), 0,
            result.Errors.IndexOf("live: up", StringComparison.Ordinal));
        Assert.InRange(live.Report().GetProperty("estimatedUsd").GetDouble(), 0.19, 0.30);
    }

    [Fact]
    public async Task When_the_time_is_up_the_run_deletes_everything_and_no_secret_is_in_its_report_its_output_or_an_argument()
    {
        using var live = new LiveStage();
        live.Put("node", $"""
            Authorization: Bearer {LiveStage.ClientKey}
            token {LiveStage.Token}, another dop_v1_0123456789abcdef0123, hf_ABCDEFGHIJKLMNOPQRST
            -----BEGIN OPENSSH {"PRIVATE"} KEY-----
            {LiveStage.SshKey}
            -----END OPENSSH {"PRIVATE"} KEY-----
            Accepted publickey for ops from {LiveStage.OperatorAddress}
            harmless
            """);
        // Ten minutes are enough for all questions before the wait for the graphs, which takes the rest.
        var result = await live.RunAsync(("LIVE_MINUTES", "10"));

        var written = result.All + string.Concat(Directory.EnumerateFiles(live.ReportFolder).Select(File.ReadAllText)) + live.Calls;
        Assert.Contains("harmless", written, StringComparison.Ordinal);
        Assert.All(
            [LiveStage.Token, LiveStage.ClientKey, LiveStage.SshKey, LiveStage.OperatorAddress, "dop_v1_0123456789abcdef0123",
                "hf_ABCDEFGHIJKLMNOPQRST"],
            secret => Assert.DoesNotContain(secret, written, StringComparison.Ordinal));
        Assert.Equal("answered", live.Answer("graphs-boot").GetProperty("status").GetString());
        Assert.Contains("time was up", live.Answer("silent-601").GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal("answered", live.Answer("end-cost").GetProperty("status").GetString());
        Assert.False(live.Exists("droplets/77") || live.KeepsState);
    }

    [Fact]
    public async Task A_failed_question_is_reported_and_the_run_asks_the_rest_and_deletes_everything()
    {
        using var live = new LiveStage();
        live.Put("ssh-fails", "apt-get\\|chat/completions\n");
        live.Put("refuses-destroy", "");
        // A minute beyond the wait for the graphs, in which no completion comes back.
        var result = await live.RunAsync(("LIVE_MINUTES", "16"));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("failed", live.Answer("image-apt").GetProperty("status").GetString());
        Assert.Contains("Connection closed", live.Answer("image-apt").GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal("answered", live.Answer("image-sockets").GetProperty("status").GetString());
        Assert.Contains("no completion came back", live.Answer("graphs-reboot").GetProperty("answer").GetString(),
            StringComparison.Ordinal);
        Assert.Contains("unexpected state 'Not Found'", live.Answer("end-destroy").GetProperty("answer").GetString(),
            StringComparison.Ordinal);
        Assert.Contains("with --refresh it succeeded at try 1", live.Answer("end-destroy-twice").GetProperty("answer").GetString(),
            StringComparison.Ordinal);
        Assert.Equal("nothing that costs money", live.Report().GetProperty("left").GetString());
        Assert.False(live.Exists("droplets/77") || live.KeepsState);
    }

    [Fact]
    public async Task Without_capacity_the_run_ends_with_DigitalOceans_words_and_no_cost()
    {
        using var live = new LiveStage();
        live.Put("no-capacity", "");
        live.PutDroplet("78", "2027-01-15T08:00:00Z", "inference:live-other");
        var result = await live.RunAsync();

        Assert.Equal(1, result.ExitCode);
        var answer = live.Answer("up").GetProperty("answer").GetString();
        Assert.Contains("422 Size is not available in this region", answer, StringComparison.Ordinal);
        Assert.Contains("No Droplet was made", answer, StringComparison.Ordinal);
        Assert.Equal(0, live.Report().GetProperty("estimatedUsd").GetDouble());
        Assert.DoesNotContain(live.Report().GetProperty("answers").EnumerateArray(),
            asked => asked.GetProperty("id").GetString() == "image-release");
        Assert.Contains("pulumi destroy", live.Calls, StringComparison.Ordinal);
        Assert.False(live.KeepsState);
        Assert.True(live.Exists("droplets/78"), "another run's Droplet is none of its business");
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_lengthen_the_run()
    {
        using var live = new LiveStage();
        live.Put("set-back", "1800000060\n");

        await live.RunAsync(("LIVE_MINUTES", "10"));

        Assert.Contains("time was up", live.Answer("silent-601").GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.InRange(long.Parse(File.ReadLines(live.InCloud("clock")).Last(), CultureInfo.InvariantCulture) - 1800000000, 60, 15 * 60);
        Assert.All(live.Report().GetProperty("answers").EnumerateArray(),
            answer => Assert.True(answer.GetProperty("seconds").GetInt64() >= 0, answer.GetRawText()));
        Assert.False(live.Exists("droplets/77") || live.KeepsState);
    }
}
