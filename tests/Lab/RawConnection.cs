using System.Net.Security;
using System.Text;
using System.Text.RegularExpressions;

namespace Infra.Tests.Lab;

/// <summary>An answer as it came over the wire.</summary>
/// <param name="Status">Its status; 0 where the connection ended without one.</param>
/// <param name="Head">Status line and headers.</param>
/// <param name="Body">Its body, chunks put together.</param>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public static readonly RawAnswer None = new(0, "", "");

    public string? Header(string name) =>
        Regex.Match(Head, $@"(?im)^{Regex.Escape(name)}: *([^\r\n]*)").Groups[1] is { Success: true } value ? value.Value : null;
}

/// <summary>HTTP/1.1 byte for byte: what a client library would not send, and what it would hide of an answer.</summary>
internal sealed partial class RawConnection(Stream stream) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>For as long as this nothing more comes: it will not come. For what must not come at all.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(400);

    private readonly List<byte> _read = [];
    private readonly byte[] _buffer = new byte[16384];

    /// <summary>Greets with TLS and takes whatever certificate is shown: who the server is, other tests ask.</summary>
    public static async Task<RawConnection> OverTlsAsync(Stream tcp, SslApplicationProtocol? protocol = null)
    {
        var tls = new SslStream(tcp, leaveInnerStreamOpen: false);
        using var limit = new CancellationTokenSource(Patience);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "node",
#pragma warning disable CA5359 // an attacker does not check
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            ApplicationProtocols = [protocol ?? SslApplicationProtocol.Http11],
        }, limit.Token);
        return new RawConnection(tls);
    }

    public async Task SendAsync(string bytes) => await SendAsync(Encoding.Latin1.GetBytes(bytes));

    /// <summary>Sends; a server that stopped reading has already answered or disconnected.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await stream.WriteAsync(bytes, limit.Token);
            await stream.FlushAsync(limit.Token);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>The next answer, whole.</summary>
    /// <param name="head">Whether it answers HEAD, so that no body follows.</param>
    public async Task<RawAnswer> ReadAsync(bool head = false)
    {
        int end;
        while ((end = Find("\r\n\r\n", 0)) < 0)
        {
            if (!await MoreAsync(Patience))
            {
                return RawAnswer.None;
            }
        }

        var answer = new RawAnswer(0, Text(0, end), "");
        answer = answer with { Status = int.TryParse(answer.Head.Split(' ').ElementAtOrDefault(1), out var status) ? status : 0 };
        _read.RemoveRange(0, end + 4);
        if (head || answer.Status is 204 or 304)
        {
            return answer;
        }

        if (answer.Header("Transfer-Encoding") == "chunked")
        {
            return answer with { Body = await ChunksAsync() };
        }

        var length = int.TryParse(answer.Header("Content-Length"), out var reported) ? reported : int.MaxValue;
        while (_read.Count < length && await MoreAsync(Patience))
        {
        }

        length = Math.Min(length, _read.Count);
        var body = Text(0, length);
        _read.RemoveRange(0, length);
        return answer with { Body = body };
    }

    /// <summary>Whether the server hangs up in that time.</summary>
    public async Task<bool> EndsWithinAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            while (await stream.ReadAsync(_buffer, limit.Token) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>All that comes until the server hangs up or falls silent.</summary>
    public async Task<string> ReadAllAsync()
    {
        if (_read.Count == 0)
        {
            await MoreAsync(Patience);
        }

        while (await MoreAsync(Silence))
        {
        }

        return Text(0, _read.Count);
    }

    /// <summary>How many answers a text holds.</summary>
    public static int Answers(string text) => StatusLine().Count(text);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<string> ChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            int line;
            while ((line = Find("\r\n", 0)) < 0)
            {
                if (!await MoreAsync(Patience))
                {
                    return body.ToString();
                }
            }

            var size = Convert.ToInt32(Text(0, line), 16);
            while (_read.Count < line + 2 + size + 2 && await MoreAsync(Patience))
            {
            }

            body.Append(Text(line + 2, Math.Min(size, Math.Max(0, _read.Count - line - 2))));
            _read.RemoveRange(0, Math.Min(_read.Count, line + 2 + size + 2));
            if (size == 0)
            {
                return body.ToString();
            }
        }
    }

    private async Task<bool> MoreAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            var count = await stream.ReadAsync(_buffer, limit.Token);
            _read.AddRange(_buffer.AsSpan(0, count));
            return count > 0;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private int Find(string what, int from) => Text(0, _read.Count).IndexOf(what, from, StringComparison.Ordinal);

    private string Text(int from, int count) => Encoding.Latin1.GetString(_read.Skip(from).Take(count).ToArray());

    [GeneratedRegex(@"HTTP/1\.[01] [1-5][0-9][0-9] ")]
    private static partial Regex StatusLine();
}
