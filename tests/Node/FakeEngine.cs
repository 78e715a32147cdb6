using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>Stands for vLLM on its unix socket: answers everything, and remembers what it was asked.</summary>
internal sealed class FakeEngine : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    internal FakeEngine(string path)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(64);
        _ = Task.Run(AcceptAsync);
    }

    internal volatile bool Healthy = true;

    /// <summary>
    /// How the answer of a health check begins, to the byte, and what follows for as long as it is read;
    /// null: an answer.
    /// </summary>
    internal volatile string[]? EndlessHealth;

    /// <summary>Accepts connections and answers nothing.</summary>
    internal volatile bool Hangs;

    /// <summary>
    /// Closes a connection that it has answered on before as soon as the next request is there, as an idle timeout in the worst moment
    /// does.
    /// </summary>
    internal volatile bool ClosesReused;

    /// <summary>Closes every connection on its first request, as an engine does that the request kills.</summary>
    internal volatile bool ClosesFresh;

    /// <summary>Requests that were met with the end of their connection.</summary>
    internal int Closed => Volatile.Read(ref _closed);

    /// <summary>How long the other side kept connections that it closed itself, after their last answer.</summary>
    internal BlockingCollection<TimeSpan> KeptIdle { get; } = [];

    /// <summary>Body of every answer.</summary>
    internal volatile string Completion = "{}";

    /// <summary>What it sends in place of an answer, to the byte, before it closes the connection; null: an answer.</summary>
    internal volatile string? Raw;
    private volatile string _lastHeaders = "";
    private volatile string _lastRequest = "";
    private int _requests;
    private int _closed;

    /// <summary>Lets a streamed answer continue.</summary>
    internal SemaphoreSlim Continue { get; } = new(0);

    /// <summary>Requests so far, those of health checks aside.</summary>
    internal int Requests => Volatile.Read(ref _requests);

    internal string LastHeaders => _lastHeaders;

    /// <summary>First line of the last request.</summary>
    internal string LastRequest => _lastRequest;

    public void Dispose()
    {
        _listener.Dispose();
        Continue.Dispose();
        KeptIdle.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is done.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Stopwatch? answered = null;
            while (await reader.ReadLineAsync() is { Length: > 0 } request)
            {
                var headers = new StringBuilder();
                var length = 0;
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                {
                    headers.AppendLine(header);
                    if (header.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
                    {
                        length = int.Parse(header["Content-Length: ".Length..], CultureInfo.InvariantCulture);
                    }
                }

                var body = new char[length];
                if (length > 0)
                {
                    await reader.ReadBlockAsync(body);
                }

                if (answered is null ? ClosesFresh : ClosesReused)
                {
                    Interlocked.Increment(ref _closed);
                    return;
                }

                answered = Stopwatch.StartNew();
                _lastRequest = request;
                if (request.Contains(" /health ", StringComparison.Ordinal))
                {
                    if (EndlessHealth is [var begins, var goesOn])
                    {
                        await WriteAsync(stream, begins);
                        while (true)
                        {
                            await WriteAsync(stream, goesOn);
                        }
                    }

                    await WriteAsync(stream, $"HTTP/1.1 {(Healthy ? "200 OK" : "503 Service Unavailable")}\r\nContent-Length: 0\r\n\r\n");
                    continue;
                }

                if (Hangs)
                {
                    await Task.Delay(Timeout.Infinite);
                }

                var completion = Completion;
                _lastHeaders = headers.ToString();
                Interlocked.Increment(ref _requests);
                if (Raw is { } raw)
                {
                    await WriteAsync(stream, raw);
                    return;
                }

                if (new string(body).Contains("\"stream\":true", StringComparison.Ordinal))
                {
                    await WriteAsync(stream,
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: 1\n\r\n");
                    await Continue.WaitAsync();
                    await WriteAsync(stream, "8\r\ndata: 2\n\r\n0\r\n\r\n");
                    continue;
                }

                await WriteAsync(stream,
                    $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {completion.Length}\r\n\r\n"
                    + $"{(request.StartsWith("HEAD", StringComparison.Ordinal) ? "" : completion)}");
                answered = Stopwatch.StartNew();
            }

            if (answered is not null)
            {
                KeptIdle.Add(answered.Elapsed);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException)
        {
            // nginx closed the connection.
        }
    }

    private static async Task WriteAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
}
