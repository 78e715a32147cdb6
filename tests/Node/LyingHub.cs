using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>A request to a <see cref="LyingHub"/>, and the bare connection that it came by.</summary>
/// <param name="Path">Path with its query.</param>
/// <param name="Start">First byte of the range that was asked for; 0 without one.</param>
/// <param name="Stream">Where an answer goes, byte by byte.</param>
/// <param name="Url">Of the hub itself.</param>
internal sealed record HubCall(string Path, int Start, Stream Stream, string Url)
{
    internal bool IsListing => Path.StartsWith("/api/", StringComparison.Ordinal);

    /// <summary>Name of the file that was asked for.</summary>
    internal string File => Path.Split('?')[0].Split('/')[^1];

    /// <summary>Sends text as it is.</summary>
    internal Task WriteAsync(string text) => Stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>A whole answer.</summary>
    internal Task AnswerAsync(byte[] body, string headers = "", string status = "200 OK") => Stream.WriteAsync(
        (byte[])[.. Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n{headers}\r\n"), .. body]).AsTask();

    internal Task AnswerAsync(string body, string headers = "") => AnswerAsync(Encoding.UTF8.GetBytes(body), headers);

    /// <summary>The honest content of a file from <see cref="Start"/> on.</summary>
    internal Task FileAsync(byte[] content) => AnswerAsync(
        content[Math.Min(Start, content.Length)..],
        $"Content-Range: bytes {Start}-{content.Length - 1}/{content.Length}\r\n",
        "206 Partial Content");

    /// <summary>The same again and again, until the other side has enough.</summary>
    internal async Task WithoutEndAsync(string text, int pauseMilliseconds = 0)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        while (true)
        {
            await Stream.WriteAsync(bytes);
            await Task.Delay(pauseMilliseconds);
        }
    }
}

/// <summary>A hub on a bare socket, which may send whatever a program can.</summary>
internal sealed class LyingHub : IDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<HubCall, Task> _answer;

    internal LyingHub(Func<HubCall, Task> answer)
    {
        _answer = answer;
        _listener = new(IPAddress.Loopback, FakeHub.FreePort());
        _listener.Start();
        Url = $"http://{_listener.LocalEndpoint}";
        _ = Task.Run(ServeAsync);
    }

    internal string Url { get; }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => AnswerAsync(client));
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1, leaveOpen: true);
                var path = ((await reader.ReadLineAsync()) ?? "").Split(' ').ElementAtOrDefault(1) ?? "/";
                var start = 0;
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                {
                    if (header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                    {
                        start = int.Parse(header["Range: bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture);
                    }
                }

                await _answer(new(path, start, client.GetStream(), Url));
                // Not to reset what is on its way.
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
            {
                // It had enough.
            }
        }
    }
}
