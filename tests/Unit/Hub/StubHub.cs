using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Infra.Tests.Unit.Hub;

/// <summary>A server over loopback that answers each path with given bytes: a hub that may say anything.</summary>
internal sealed class StubHub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _serving;

    public StubHub()
    {
        _listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        Elsewhere = $"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>The same server by another name: another host, to a client.</summary>
    public string Elsewhere { get; }

    /// <summary>Answers by path; others are 404.</summary>
    public ConcurrentDictionary<string, StubAnswer> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Request heads, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Answers for a repository with these files; content of files that are only listed is absent.</summary>
    public void Serve(RepositoryFixture repository)
    {
        Answers[$"/api/models/{repository.Id}/revision/main"] = new(200, repository.Description);
        Answers[$"/api/models/{repository.Id}/tree/{RepositoryFixture.Commit}"] = new(200, repository.Listing);
        foreach (var (name, content) in repository.Contents)
        {
            Answers[$"/{repository.Id}/resolve/{RepositoryFixture.Commit}/{name}"] = new(200, content);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopped.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopped.Token);
                _ = AnswerAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var head = new StringBuilder();
                while (await reader.ReadLineAsync(_stopped.Token) is { Length: > 0 } line)
                {
                    head.AppendLine(line);
                }

                Requests.Enqueue(head.ToString());
                var target = head.ToString().Split(' ')[1];
                await SendAsync(stream, Answers.GetValueOrDefault(target) ?? new StubAnswer(404, "Entry not found"));
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException)
            {
                // The client left.
            }
        }
    }

    private async Task SendAsync(NetworkStream stream, StubAnswer answer)
    {
        if (answer.Hangs)
        {
            await Task.Delay(Timeout.Infinite, _stopped.Token);
        }

        var body = answer.Raw ?? Encoding.UTF8.GetBytes(answer.Body);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {answer.Status} x\r\nContent-Length: {answer.Length ?? body.LongLength}\r\nConnection: close\r\n")
            + $"{answer.Headers}\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head), _stopped.Token);
        for (var sent = 0; sent < answer.Times; sent++)
        {
            await stream.WriteAsync(body, _stopped.Token);
        }

        if (answer.Stalls)
        {
            await Task.Delay(Timeout.Infinite, _stopped.Token);
        }
    }
}

/// <summary>An answer.</summary>
/// <param name="Status">Status of HTTP.</param>
/// <param name="Body">Content.</param>
/// <param name="Headers">More headers, each with its line break.</param>
internal sealed record StubAnswer(int Status, string Body, string Headers = "")
{
    /// <summary>Whether nothing is ever sent.</summary>
    public bool Hangs { get; init; }

    /// <summary>Whether the connection stays open after the body, although more is announced.</summary>
    public bool Stalls { get; init; }

    /// <summary>The body as it is sent; null: that of <see cref="Body"/>.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>The stated length; null: the true one.</summary>
    public long? Length { get; init; }

    /// <summary>How many times the body is sent.</summary>
    public int Times { get; init; } = 1;
}
