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
    private readonly string _otherStorage;
    private readonly HashSet<string> _spent = [];
    private int _signed;

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
        _otherStorage = $"http://127.0.0.2:{port}";
        _listener.Prefixes.Add($"{_otherStorage}/");
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    internal string Url { get; }

    internal string Elsewhere { get; }

    /// <summary>Bytes after which an answer is cut, once for each entry.</summary>
    internal Queue<int> Cuts { get; } = new();

    /// <summary>Answers with this status instead.</summary>
    internal int? Refuse { get; set; }

    /// <summary>
    /// Sends downloads to <see cref="Elsewhere"/>, as the hub does to its storage: by an address that is signed again each time.
    /// </summary>
    internal bool Redirects { get; set; }

    /// <summary>Every second signed address is of another storage host.</summary>
    internal bool ChangesStorage { get; set; }

    /// <summary>Answers instead of the correct ones, each a number of times, in this order.</summary>
    internal List<HubFault> Faults { get; } = [];

    internal bool IgnoresRanges { get; set; }

    /// <summary>Changes a byte of this file as it is sent, as many times.</summary>
    internal (string Name, int Times) Corrupt { get; set; }

    /// <summary>Further rows of the listing, as the hub would put them.</summary>
    internal IReadOnlyList<object> MoreRows { get; set; } = [];

    /// <summary>The requests: method and path, Range, Authorization, host.</summary>
    internal List<(string Path, string? Range, string? Authorization, string Host, string Query)> Requests { get; } = [];

    /// <summary>When each of them came.</summary>
    internal List<DateTimeOffset> Times { get; } = [];

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
                // Someone else's.
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
            Requests.Add((path, request.Headers["Range"], request.Headers["Authorization"], request.Url.Host, request.Url.Query));
            Times.Add(DateTimeOffset.UtcNow);
        }

        try
        {
            if (Refuse is { } status)
            {
                context.Response.StatusCode = status;
                context.Response.Close();
            }
            else if (TakeFault(request) is { } fault)
            {
                fault.Answer(context);
            }
            else if (path.StartsWith($"/api/models/{Model}/tree/", StringComparison.Ordinal))
            {
                context.Response.Close(JsonSerializer.SerializeToUtf8Bytes(_files.Select(Row).Concat(MoreRows)), willBlock: true);
            }
            else if (Redirects && PartOf(request) != HubPart.Storage)
            {
                var signature = Interlocked.Increment(ref _signed);
                context.Response.Redirect(
                    $"{(ChangesStorage && signature % 2 == 0 ? _otherStorage : Elsewhere)}{path}?Signature={signature}");
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

    private HubPart PartOf(HttpListenerRequest request) => Redirects && request.Url!.Host != "127.0.0.1" ? HubPart.Storage
        : request.Url!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal) ? HubPart.Listing : HubPart.Files;

    // A signed address that was refused once stays refused: only a new one helps.
    private HubFault? TakeFault(HttpListenerRequest request)
    {
        lock (_lock)
        {
            var part = PartOf(request);
            if (Faults.FirstOrDefault(fault => fault.Part == part && fault.Times > 0) is { } fault)
            {
                fault.Times--;
                if (part == HubPart.Storage)
                {
                    _spent.Add(request.Url!.Query);
                }

                return fault;
            }

            return part == HubPart.Storage && _spent.Contains(request.Url!.Query)
                ? HubFault.Of(part, 403, "this address was refused before")
                : null;
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
            start = int.Parse(parts[0], CultureInfo.InvariantCulture);
            end = parts[1].Length > 0 ? int.Parse(parts[1], CultureInfo.InvariantCulture) + 1 : end;
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
            ? new
            {
                type = "file",
                path = file.Key,
                size = file.Value.Length,
                oid = git,
                lfs = new { oid = Convert.ToHexStringLower(SHA256.HashData(file.Value)), size = file.Value.Length },
            }
            : new { type = "file", path = file.Key, size = file.Value.Length, oid = git };
    }
}
