using System.Diagnostics;
using System.Text;

namespace Infra.Lab.Benches;

/// <summary>The combined result of concurrent streams.</summary>
/// <param name="Requests">Requests that ended during the measurement.</param>
/// <param name="Tokens">Tokens received during the measurement.</param>
/// <param name="Seconds">Its duration.</param>
/// <param name="FirstTokenMs">Milliseconds from each request to its first token.</param>
internal sealed record StreamSample(long Requests, long Tokens, double Seconds, IReadOnlyList<double> FirstTokenMs);

/// <summary>
/// Clients that send the next request as soon as the last one ended, each over a kept-alive connection. They count bytes and parse nothing,
/// so that they use little CPU time.
/// </summary>
internal sealed class StreamLoad
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Warm-up before the measurement, in which every stream sends a request.</summary>
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(1.5);

    // Marks a token, and the end of a response. A mark may be split between two reads.
    private static ReadOnlySpan<byte> Piece => "data: {\""u8;
    private static ReadOnlySpan<byte> End => "\r\n0\r\n\r\n"u8;
    private static ReadOnlySpan<byte> Fine => "HTTP/1.1 200"u8;
    private static int Kept => Piece.Length - 1;

    private readonly byte[] _request;
    private long _requests;
    private long _tokens;

    private StreamLoad(byte[] request) => _request = request;

    /// <summary>Measures concurrent streams for a while.</summary>
    /// <param name="connect">Opens a connection, up to the point where a request can be written.</param>
    /// <param name="request">The request, with its headers; its answer is chunked.</param>
    /// <param name="streams">How many at a time.</param>
    /// <param name="duration">Duration of the measurement.</param>
    /// <param name="spread">Time over which the streams start, so that they are not in step.</param>
    /// <param name="cancel">Cancels the measurement.</param>
    public static async Task<StreamSample> MeasureAsync(
        Func<CancellationToken, Task<Stream>> connect, string request, int streams, TimeSpan duration, TimeSpan spread,
        CancellationToken cancel)
    {
        var load = new StreamLoad(Encoding.ASCII.GetBytes(request));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var window = new Window();
        var connections = new List<Stream>();
        try
        {
            for (var i = 0; i < streams; i++)
            {
                connections.Add(await connect(cancel));
            }

            var running = connections.Select((connection, index) =>
                load.RunAsync(connection, spread * index / streams, window, ending.Token)).ToArray();
            await Task.WhenAny(Task.Delay(Warming, cancel), Task.WhenAll(running));
            var (start, requests, tokens) = (Stopwatch.GetTimestamp(), Volatile.Read(ref load._requests), Volatile.Read(ref load._tokens));
            window.Open = true;
            // Streams end by themselves only if they fail.
            await Task.WhenAny(Task.Delay(duration, cancel), Task.WhenAny(running));
            window.Open = false;
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            (requests, tokens) = (Volatile.Read(ref load._requests) - requests, Volatile.Read(ref load._tokens) - tokens);
            await ending.CancelAsync();
            var times = await Task.WhenAll(running);
            cancel.ThrowIfCancellationRequested();
            return new StreamSample(requests, tokens, seconds, [.. times.SelectMany(static time => time)]);
        }
        finally
        {
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private async Task<List<double>> RunAsync(Stream connection, TimeSpan wait, Window window, CancellationToken ending)
    {
        var times = new List<double>();
        var buffer = new byte[BufferBytes];
        try
        {
            await Task.Delay(wait, ending);
            while (true)
            {
                var counts = window.Open;
                var took = await AskAsync(connection, buffer, ending);
                Interlocked.Increment(ref _requests);
                if (counts && window.Open)
                {
                    times.Add(took);
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return times;
        }
    }

    /// <summary>Sends a request and reads its response; returns the milliseconds to the first token.</summary>
    private async Task<double> AskAsync(Stream connection, byte[] buffer, CancellationToken ending)
    {
        var asked = Stopwatch.GetTimestamp();
        await connection.WriteAsync(_request, ending);
        var (first, held) = (0L, 0);
        while (true)
        {
            var read = await connection.ReadAsync(buffer.AsMemory(held), ending);
            if (read == 0)
            {
                throw new EndOfStreamException("a connection ended in the middle of an answer");
            }

            var came = buffer.AsSpan(0, held + read);
            if (held == 0 && !came.StartsWith(Fine[..Math.Min(Fine.Length, came.Length)]))
            {
                throw new InvalidDataException(Encoding.UTF8.GetString(came));
            }

            var pieces = came.Count(Piece);
            if (pieces > 0)
            {
                first = first == 0 ? Stopwatch.GetTimestamp() : first;
                Interlocked.Add(ref _tokens, pieces);
            }

            if (came.EndsWith(End))
            {
                return Stopwatch.GetElapsedTime(asked, first).TotalMilliseconds;
            }

            held = Math.Min(Kept, came.Length);
            came[^held..].CopyTo(buffer);
        }
    }

    private sealed class Window
    {
        public volatile bool Open;
    }
}
