using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary>The file API of Hugging Face over loopback, with the faults that a test asks for.</summary>
internal sealed class FakeHub : IDisposable
{
    internal const string Model = NodeSamples.Small;
    private static int _nextPort = 21000 + (Environment.ProcessId % 9000);
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Lock _lock = new();

    internal FakeHub(params (string Name, byte[] Content)[] files)
    {
        foreach (var (name, content) in files)
        {
            _files[name] = content;
        }

        var port = FreePort();
        Url = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add($"{Url}/");
        // The same server under another name: another host, to a client.
        _listener.Prefixes.Add($"http://localhost:{port}/");
        Elsewhere = $"http://localhost:{port}";
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    internal string Url { get; }

    internal string Elsewhere { get; }

    /// <summary>Bytes after which an answer is cut, once for each entry.</summary>
    internal Queue<int> Cuts { get; } = new();

    /// <summary>Answers with this status instead.</summary>
    internal int? Refuse { get; set; }

    /// <summary>Sends downloads to <see cref="Elsewhere"/>, as the hub does to its storage.</summary>
    internal bool Redirects { get; set; }

    internal bool IgnoresRanges { get; set; }

    /// <summary>Changes a byte of this file as it is sent, as many times.</summary>
    internal (string Name, int Times) Corrupt { get; set; }

    /// <summary>Further rows of the listing, as the hub would put them.</summary>
    internal IReadOnlyList<object> MoreRows { get; set; } = [];

    /// <summary>What was asked: method path, Range, Authorization, host.</summary>
    internal List<(string Path, string? Range, string? Authorization, string Host)> Requests { get; } = [];

    internal long BytesSent { get; private set; }

    public void Dispose() => ((IDisposable)_listener).Dispose();

    /// <summary>A port below those that the kernel gives to clients, handed out once: tests run side by side.</summary>
    internal static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _nextPort);
            try
            {
                using var socket = new TcpListener(IPAddress.Loopback, port);
                socket.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => Answer(context));
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var request = context.Request;
        var path = request.Url!.AbsolutePath;
        lock (_lock)
        {
            Requests.Add((path, request.Headers["Range"], request.Headers["Authorization"], request.Url.Host));
        }

        try
        {
            if (Refuse is { } status)
            {
                context.Response.StatusCode = status;
                context.Response.Close();
            }
            else if (path.StartsWith($"/api/models/{Model}/tree/", StringComparison.Ordinal))
            {
                context.Response.Close(JsonSerializer.SerializeToUtf8Bytes(_files.Select(Row).Concat(MoreRows)), willBlock: true);
            }
            else if (Redirects && request.Url.Host != "localhost")
            {
                context.Response.Redirect(Elsewhere + path);
                context.Response.Close();
            }
            else
            {
                Send(context, path[(path.LastIndexOf('/') + 1)..]);
            }
        }
        catch (Exception error) when (error is HttpListenerException or IOException or InvalidOperationException)
        {
            // The client went away, or the answer was cut on purpose.
        }
    }

    private void Send(HttpListenerContext context, string name)
    {
        if (!_files.TryGetValue(name, out var content))
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
            return;
        }

        var (start, end) = (0, content.Length);
        if (context.Request.Headers["Range"] is { } range && !IgnoresRanges)
        {
            var parts = range["bytes=".Length..].Split('-');
            (start, end) = (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture) + 1);
            context.Response.StatusCode = 206;
            context.Response.Headers["Content-Range"] = $"bytes {start}-{end - 1}/{content.Length}";
        }

        var sent = content[start..end];
        int? cut = null;
        lock (_lock)
        {
            if (Corrupt.Name == name && Corrupt.Times > 0 && start == 0)
            {
                Corrupt = (name, Corrupt.Times - 1);
                sent[0] ^= 1;
            }

            if (sent.Length > 1000 && Cuts.TryDequeue(out var bytes))
            {
                cut = bytes;
            }

            BytesSent += cut ?? sent.Length;
        }

        context.Response.ContentLength64 = sent.Length;
        context.Response.OutputStream.Write(sent, 0, cut ?? sent.Length);
        if (cut is not null)
        {
            context.Response.OutputStream.Flush();
            context.Response.Abort();
            return;
        }

        context.Response.Close();
    }

    private static object Row(KeyValuePair<string, byte[]> file)
    {
#pragma warning disable CA5350 // Git names its blobs by SHA-1.
        var git = Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {file.Value.Length}\0"), .. file.Value]));
#pragma warning restore CA5350
        return file.Key.EndsWith(".safetensors", StringComparison.Ordinal)
            ? new { type = "file", path = file.Key, size = file.Value.Length, oid = git, lfs = new { oid = Convert.ToHexStringLower(SHA256.HashData(file.Value)), size = file.Value.Length } }
            : new { type = "file", path = file.Key, size = file.Value.Length, oid = git };
    }
}
