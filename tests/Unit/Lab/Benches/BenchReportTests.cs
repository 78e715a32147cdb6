using System.Net;
using System.Net.Sockets;
using System.Text;
using Infra.Lab.Benches;
using Infra.Lab.Host;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Lab.Benches;

public sealed class BenchReportTests
{
    private const string Answer =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n13\r\ndata: {\"text\":\"a\"}\n\n\r\n13\r\ndata: "
            + "{\"text\":\"b\"}\n\n\r\nE\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

    [Theory]
    [InlineData(new[] { 3.0, 1.0, 2.0 }, 2.0)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 3.0 }, 2.5)]
    public void The_median_is_the_middle(double[] values, double median) => Assert.Equal(median, Samples.Median(values));

    [Fact]
    public void The_limit_is_the_slower_download_and_ratios_are_printed_without_and_with_the_engine()
    {
        var parameters = BootParameters.Of(BootParameters.SmallModel, megabytesPerSecond: 100, engineSeconds: 50, EngineInstall.Container);
        Assert.Equal(90, parameters.LimitSeconds, 3);
        Assert.Equal(104.2, BootParameters.Of(BootParameters.TutorialModel, 100, 50, EngineInstall.Container).LimitSeconds, 1);
        var report = BootReport.Of(parameters, [Run(150)], [Run(250)], [1, 2]);
        Assert.Equal((0.5, 1.111, 0.6, 1.667),
            (report.RatioToTutorial, report.RatioToLimit, report.RatioToTutorialWithEngine, report.RatioToLimitWithEngine));
    }

    [Fact]
    public void No_copy_of_weights_is_cut_to_what_a_mirror_holds_at_most() => Assert.All(BootParameters.Models, model =>
    {
        var parameters = BootParameters.Of(model, megabytesPerSecond: 100, engineSeconds: 50, EngineInstall.Container);
        Assert.InRange(parameters.WeightBytes * parameters.Scale, 1, MirrorContent.LargestCopyBytes);
    });

    [Fact]
    public void What_nginx_takes_is_a_share_of_the_direct_way()
    {
        var row = ProxyRow.Of(2, [new StreamSample(10, 1000, 10, [10, 11, 12])], [new StreamSample(10, 970, 10, [11, 12, 13])], 0.097);
        Assert.Equal((0.03, 1.0, 100.0), (row.ThroughputLost, row.AddedMs, row.NginxMicrosecondsPerToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Every_piece_counts_once_however_the_bytes_arrive(int bytesAtATime)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, bytesAtATime);
        var sample = await StreamLoad.MeasureAsync(
            async cancel =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(listener.LocalEndpoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
            "GET / HTTP/1.1\r\n\r\n", 1, TimeSpan.FromMilliseconds(300), TimeSpan.Zero, TestContext.Current.CancellationToken);
        // One answer may be cut by each end of the measurement.
        Assert.InRange(sample.Tokens, (2 * sample.Requests) - 2, (2 * sample.Requests) + 2);
        Assert.True(sample.Requests > 0);
        Assert.NotEmpty(sample.FirstTokenMs);
        await serving;
    }

    private static BootRun Run(double seconds) => new(seconds, new Dictionary<string, BootPhase> { ["boot"] = new(0, 5) });

    private static async Task ServeAsync(TcpListener listener, int bytesAtATime)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        client.NoDelay = true;
        await using var stream = client.GetStream();
        var answer = Encoding.ASCII.GetBytes(Answer);
        var asked = new byte[100];
        try
        {
            while (await stream.ReadAsync(asked, TestContext.Current.CancellationToken) > 0)
            {
                for (var at = 0; at < answer.Length; at += bytesAtATime)
                {
                    await stream.WriteAsync(answer.AsMemory(at, Math.Min(bytesAtATime, answer.Length - at)),
                        TestContext.Current.CancellationToken);
                    await Task.Yield();
                }
            }
        }
        catch (IOException)
        {
            // The measurement is over.
        }
    }
}
