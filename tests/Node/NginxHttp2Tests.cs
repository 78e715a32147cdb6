using System.Net.Security;
using Infra.Tests.Lab;

namespace Infra.Tests.Node;

/// <summary>HTTP/2 of someone without a key, who wants to hold connections or to make work.</summary>
public sealed class NginxHttp2Tests(NginxProxy proxy) : IClassFixture<NginxProxy>
{
    private const byte ResetFrame = 3, GoAwayFrame = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The answer waits for a window that never opens. What holds a connection for two minutes here would hold all of them.
    [Fact]
    public async Task An_answer_that_a_stranger_does_not_read_is_dropped()
    {
        await using var tls = await OpenAsync(proxy.Port);
        await tls.WriteAsync(Stubborn(), Cancel);
        Assert.Contains(
            await FramesAsync(tls).FirstAsync(kind => kind is null or ResetFrame or GoAwayFrame, Cancel)
                .AsTask().WaitAsync(Patience, Cancel),
            (byte?[])[ResetFrame, GoAwayFrame, null]);
    }

    // CVE-2023-44487: streams that are opened and reset count.
    [Fact]
    public async Task A_connection_that_opens_and_resets_streams_ends_after_a_thousand()
    {
        await using var tls = await OpenAsync(proxy.Port);
        await tls.WriteAsync(Preface([]), Cancel);
        var sending = Task.Run(async () =>
        {
            try
            {
                for (var stream = 1; stream < 2 * 1_200; stream += 2)
                {
                    await tls.WriteAsync(Reset(stream), Cancel);
                }
            }
            catch (IOException)
            {
                // It has ended already.
            }
        }, Cancel);
        Assert.Contains(await FramesAsync(tls).FirstAsync(kind => kind is null or GoAwayFrame, Cancel).AsTask().WaitAsync(Patience, Cancel),
            (byte?[])[GoAwayFrame, null]);
        await sending.WaitAsync(Patience, Cancel);
        Assert.Equal(200, (await proxy.SendAsync("GET /v1/models HTTP/1.1", $"Authorization: Bearer {SecretsTests.AliceKey}")).Status);
    }

    /// <summary>A connection that asks something without a key and takes no byte of the answer's body.</summary>
    internal static byte[] Stubborn() => [.. Preface([0, 4, 0, 0, 0, 0]), .. Request(1)];

    internal static async Task<SslStream> OpenAsync(int port)
    {
        var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(System.Net.IPAddress.Loopback, port, Cancel);
#pragma warning disable CA5359 // an attacker does not check
        var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        }, Cancel);
        Assert.Equal(SslApplicationProtocol.Http2, tls.NegotiatedApplicationProtocol);
        return tls;
    }

    /// <summary>A stream that is opened and reset at once.</summary>
    internal static byte[] Reset(int stream) => [.. Request(stream), .. RawHttp2.Frame(ResetFrame, 0, stream, [0, 0, 0, 8])];

    internal static byte[] Preface(byte[] settings) =>
        [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. RawHttp2.Frame(RawHttp2.SettingsFrame, 0, 0, settings)];

    private static byte[] Request(int stream) => RawHttp2.Frame(RawHttp2.HeadersFrame, RawHttp2.EndHeaders | RawHttp2.EndStream, stream,
        [.. new[] { (":method", "GET"), (":scheme", "https"), (":authority", "a"), (":path", "/v1/models") }
            .SelectMany(header => RawHttp2.Field(header.Item1, header.Item2))]);

    /// <summary>Kinds of the frames that come; null for the end of the connection.</summary>
    private static async IAsyncEnumerable<byte?> FramesAsync(SslStream tls)
    {
        var head = new byte[9];
        while (true)
        {
            byte? kind = null;
            try
            {
                await tls.ReadExactlyAsync(head, Cancel);
                await tls.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], Cancel);
                kind = head[3];
            }
            catch (IOException)
            {
                // Ended.
            }

            yield return kind;
            if (kind is null)
            {
                yield break;
            }
        }
    }
}
