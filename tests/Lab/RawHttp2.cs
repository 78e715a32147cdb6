using System.Buffers.Binary;
using System.Net.Security;
using System.Text;

namespace Infra.Tests.Lab;

/// <summary>One request over HTTP/2, frame by frame: pseudo-headers and headers that no library would send.</summary>
internal static class RawHttp2
{
    internal const byte DataFrame = 0, HeadersFrame = 1, ResetFrame = 3, SettingsFrame = 4, GoAwayFrame = 7;
    internal const byte EndStream = 1, EndHeaders = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Status of the answer; 0 where the stream or the connection was reset, or nothing came.</summary>
    public static async Task<int> AskAsync(Stream tcp, IEnumerable<(string Name, string Value)> headers, string? body = null)
    {
        await using var tls = new SslStream(tcp, leaveInnerStreamOpen: false);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "node",
#pragma warning disable CA5359 // an attacker does not check
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            }, limit.Token);
            Assert.Equal(SslApplicationProtocol.Http2, tls.NegotiatedApplicationProtocol);
            byte[] request =
            [
                .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(SettingsFrame, 0, 0, []),
                .. Frame(HeadersFrame, (byte)(EndHeaders | (body is null ? EndStream : 0)), 1,
                    headers.SelectMany(header => Field(header.Name, header.Value)).ToArray()),
                .. body is null ? [] : Frame(DataFrame, EndStream, 1, Encoding.UTF8.GetBytes(body)),
            ];
            await tls.WriteAsync(request, limit.Token);
            while (true)
            {
                var head = new byte[9];
                await tls.ReadExactlyAsync(head, limit.Token);
                var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
                await tls.ReadExactlyAsync(payload, limit.Token);
                switch (head[3])
                {
                    case HeadersFrame:
                        return Status(payload);
                    case ResetFrame or GoAwayFrame:
                        return 0;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return 0;
        }
    }

    internal static byte[] Frame(byte kind, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length);
        (frame[3], frame[4]) = (kind, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>HPACK: a literal that is not indexed, with a new name, neither compressed.</summary>
    internal static byte[] Field(string name, string value) => [0, .. Text(name), .. Text(value)];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        return bytes.Length < 127 ? [(byte)bytes.Length, .. bytes] : [127, .. Number(bytes.Length - 127), .. bytes];
    }

    private static IEnumerable<byte> Number(int rest)
    {
        for (; rest >= 128; rest >>= 7)
        {
            yield return (byte)(rest % 128 + 128);
        }

        yield return (byte)rest;
    }

    // nginx writes :status first: an entry of the static table, or its number as three digits.
    private static int Status(byte[] block) => block[0] switch
    {
        0x88 => 200,
        0x89 => 204,
        0x8c => 400,
        0x8d => 404,
        0x8e => 500,
        0x48 when block[1] == 3 => int.Parse(Encoding.ASCII.GetString(block, 2, 3), System.Globalization.CultureInfo.InvariantCulture),
        var other => throw new InvalidDataException($"the answer begins with 0x{other:x2}"),
    };
}
