using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>
/// nginx with the node's files at their paths, in a mount namespace of its own, between clients and a fake engine.
/// </summary>
public class NginxProxy : IAsyncLifetime
{
    private const string Alice = $"Bearer {SecretsTests.AliceKey}";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly StagedNode _node = new();
    private readonly int _port = FakeHub.FreePort();
    private JournalSocket? _journal;
    private System.Diagnostics.Process? _nginx;
    private string _material = "";

    internal FakeEngine Engine { get; private set; } = null!;

    internal int Port => _port;

    /// <summary>The model's task, as the node's settings have it.</summary>
    protected virtual string Task => "generate";

    /// <summary>Origins of pages that may call, as the node's settings have them.</summary>
    protected virtual string Origins => "";

    /// <summary>The clients' limits, as in node.env.</summary>
    private protected virtual string Clients => ":30000:256:256";

    /// <summary>The longest body in MiB.</summary>
    private protected virtual string BodyMiB => "64";

    /// <summary>Where the address of who called comes from.</summary>
    private protected virtual string Address => "connection";

    /// <summary>Range of the VPC.</summary>
    private protected virtual string Vpc => "10.20.0.0/24";

    /// <summary>Puts something that answers on the engine's socket.</summary>
    private protected virtual Task ServeAsync(string socket)
    {
        Engine = new FakeEngine(socket);
        return System.Threading.Tasks.Task.CompletedTask;
    }

    public async ValueTask InitializeAsync()
    {
        _material = SecretsTests.Secrets(_node);
        var stored = await _node.RunAsync("store-secrets", _material);
        Assert.True(stored.ExitCode == 0, stored.All);
        foreach (var folder in (string[])["/run/inference/engine", "/run/inference-nginx", "/run/inference-ready", "/run/systemd/journal"])
        {
            Directory.CreateDirectory(_node.At(folder));
        }

        // The engine has answered: engine-access has made the way to it.
        File.CreateSymbolicLink(_node.At("/run/inference/open"), "engine");
        await ListenAsync();
        await ServeAsync(_node.At("/run/inference/engine/vllm.sock"));
        _journal = await JournalSocket.ListenAsync(_node.At("/run/systemd/journal/dev-log"));
        Answered(true);

        // The machine's own /etc, and the node's: nginx wants passwd and OpenSSL's settings.
        const string Enter = """
            set -e
            mkdir "$1"/etc-all && cp -rL /etc/passwd /etc/group /etc/ssl /etc/nsswitch.conf "$1"/etc-all/ 2> /dev/null || true
            mkdir "$1"/etc-all/inference
            mount --bind "$1"/etc-all /etc
            mount --bind "$1"/etc/inference /etc/inference
            mount --bind "$1"/run /run
            exec nginx -e stderr -c /etc/inference/nginx/nginx.conf -g 'user root;'
            """;
        _nginx = Tool.Start("unshare", [.. Tool.OwnNamespace("sh", "-c", Enter, "-", _node.Root)]);
        var errors = _nginx.StandardError.ReadToEndAsync();
        for (var i = 0; i < 400; i++)
        {
            if (_nginx.HasExited)
            {
                Assert.Fail($"nginx does not start: {await errors}");
            }

            try
            {
                await using var connection = await ConnectAsync();
                return;
            }
            catch (SocketException)
            {
                await System.Threading.Tasks.Task.Delay(25);
            }
        }

        Assert.Fail("nginx does not listen");
    }

    /// <summary>The files that the node writes at start, with this test's port.</summary>
    private async Task ListenAsync()
    {
        _node.Stub("ip", """echo '[{"addr_info":[{"local":"10.20.0.5"},{"local":"127.0.0.1"}]}]'""");
        var written = await _node.RunAsync(
            "nginx-listen", null, ("RUNTIME_DIRECTORY", _node.At("/run/inference-nginx")), ("FIREWALL_VPC_CIDR", Vpc), ("API_TASK", Task),
            ("API_CORS_ORIGINS", Origins), ("API_BODY_MIB", BodyMiB), ("API_CLIENTS", Clients), ("API_ADDRESS", Address));
        Assert.True(written.ExitCode == 0, written.All);
        const string File = "/run/inference-nginx/listen.conf";
        var lines = _node.Read(File).Split('\n').Where(line => !line.StartsWith("listen ", StringComparison.Ordinal));
        _node.Write(File, $"listen 127.0.0.1:{_port} ssl http2;\n{string.Join('\n', lines)}");
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_nginx is { HasExited: false })
        {
            _nginx.Kill(entireProcessTree: true);
            await _nginx.WaitForExitAsync();
        }

        _nginx?.Dispose();
        _journal?.Dispose();
        Engine?.Dispose();
        _node.Dispose();
    }

    /// <summary>As when no engine runs.</summary>
    internal void RemoveSocket() => File.Delete(_node.At("/run/inference/engine/vllm.sock"));

    internal void Answered(bool yes)
    {
        if (yes)
        {
            _node.Write("/run/inference-ready/answered", "");
        }
        else
        {
            File.Delete(_node.At("/run/inference-ready/answered"));
        }
    }

    internal async Task RotateAsync(string clients)
    {
        var lines = _material.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("clients ", StringComparison.Ordinal));
        var result = await _node.RunAsync("store-secrets",
            $"{string.Join('\n', lines)}\nclients {Convert.ToBase64String(Encoding.UTF8.GetBytes(clients))}\n", ("STUB_STATUS", "0"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.DoesNotContain("reload", _node.Called, StringComparison.Ordinal);
    }

    /// <summary>The log so far.</summary>
    internal IReadOnlyList<string> Log => _journal!.Lines;

    internal Task<string> LogLineAsync(string id) => _journal!.LineAsync(id);

    /// <summary>nginx caches the engine's health for a second.</summary>
    internal async Task UntilReadyAsync(int status)
    {
        using var limit = new CancellationTokenSource(Patience);
        while ((await SendAsync("GET /ready HTTP/1.1")).Status != status)
        {
            await System.Threading.Tasks.Task.Delay(50, limit.Token);
        }
    }

    internal HttpClient Client()
    {
        var client = new HttpClient(
            new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOurs(certificate) } })
        {
            BaseAddress = new Uri($"https://127.0.0.1:{_port}"),
            Timeout = Patience,
        };
        client.DefaultRequestHeaders.Add("Authorization", Alice);
        return client;
    }

    internal async Task<SslStream> ConnectAsync(
        System.Security.Authentication.SslProtocols protocols = System.Security.Authentication.SslProtocols.None)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _port);
        var stream = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => IsOurs(certificate));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = protocols });
        return stream;
    }

    internal async Task<WireAnswer> SendAsync(string requestLine, string headers = "", string host = "127.0.0.1")
    {
        await using var stream = await ConnectAsync();
        return await ExchangeAsync(stream, requestLine, headers, host);
    }

    internal static async Task<WireAnswer> ExchangeAsync(SslStream stream, string requestLine, string headers, string host = "127.0.0.1")
    {
        var lines = headers.Length > 0 ? headers + "\r\n" : "";
        var length = requestLine.StartsWith("POST",
            StringComparison.Ordinal) && !headers.Contains("Content-Length", StringComparison.Ordinal) ? "Content-Length: 0\r\n" : "";
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{requestLine}\r\nHost: {host}\r\n{lines}{length}\r\n"));
        return await WireAnswer.ReadAsync(stream, noBody: requestLine.StartsWith("HEAD", StringComparison.Ordinal)).WaitAsync(Patience);
    }

    private bool IsOurs(System.Security.Cryptography.X509Certificates.X509Certificate? certificate)
    {
        using var expected = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(_node.Read("/tls.crt"));
        return certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(expected.RawData);
    }
}
