using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>The hint that a wrong clock is why nothing can be fetched.</summary>
public sealed class ClockHintTests
{
    [Fact]
    public async Task A_clock_that_is_a_year_away_from_the_hub_is_reported() =>
        Assert.Matches(@"^the clock is wrong: \d{4}-\d\d-\d\d \d\d:\d\d UTC here, \d{4}-\d\d-\d\d \d\d:\d\d UTC at 127\.0\.0\.1$",
            await HintAsync(DateTimeOffset.UtcNow.AddYears(1)));

    [Fact]
    public async Task A_clock_that_is_right_to_the_minute_is_not_mentioned() =>
        Assert.Equal("", await HintAsync(DateTimeOffset.UtcNow.AddMinutes(1)));

    [Fact]
    public async Task A_hub_that_sends_no_time_gives_no_hint() => Assert.Equal("", await HintAsync(null));

    [Fact]
    public async Task A_hub_that_sends_single_bytes_is_not_waited_for()
    {
        using var node = new StagedNode();
        using var hub = new LyingHub(call => call.WithoutEndAsync("HTTP/1.1 100 Continue\r\n\r\n", pauseMilliseconds: 50));
        var result = await node.RunInsideAsync("clock-hint", script => ["timeout", "30", script], [("MODEL_HUB", hub.Url)]);
        Assert.Equal((0, ""), (result.ExitCode, result.All));
    }

    private static async Task<string> HintAsync(DateTimeOffset? date)
    {
        using var node = new StagedNode();
        using var hub = new TcpListener(IPAddress.Loopback, 0);
        hub.Start();
        var answered = Task.Run(async () =>
        {
            using var caller = await hub.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await using var stream = caller.GetStream();
            _ = await stream.ReadAsync(new byte[4096], TestContext.Current.CancellationToken);
            var header = date is { } at ? $"Date: {at.ToString("r", CultureInfo.InvariantCulture)}\r\n" : "";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 301 Moved Permanently\r\n{header}Content-Length: 0\r\n\r\n"),
                TestContext.Current.CancellationToken);
        });
        var result = await node.RunAsync("clock-hint", [], null,
            [("MODEL_HUB", $"http://127.0.0.1:{((IPEndPoint)hub.LocalEndpoint).Port}")]);
        await answered;
        Assert.Equal(0, result.ExitCode);
        return result.Output.Trim();
    }
}
