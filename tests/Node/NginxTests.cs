using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>nginx itself, with the very configuration, between a client and a stand-in for the engine on its socket.</summary>
public sealed class NginxTests(NginxTests.Proxy proxy) : IClassFixture<NginxTests.Proxy>
{
    private const string Alice = $"Bearer {SecretsTests.AliceKey}";

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("HEAD", "/v1/models")]
    [InlineData("POST", "/v1/chat/completions")]
    [InlineData("POST", "/v1/completions")]
    [InlineData("POST", "/tokenize")]
    [InlineData("POST", "/detokenize")]
    public async Task An_allowed_route_needs_a_key_and_reaches_the_engine_with_it(string method, string path)
    {
        Assert.Equal(401, (await proxy.SendAsync($"{method} {path} HTTP/1.1")).Status);
        var answer = await proxy.SendAsync($"{method} {path} HTTP/1.1", $"Authorization: {Alice}");
        Assert.Equal(200, answer.Status);
        Assert.Equal($"{method} {path} HTTP/1.1", answer.Header("X-Engine-Saw"));
    }

    // Routes of vLLM 0.31 that are open without a key there (docs/usage/security.md), and neighbours of those that are allowed here.
    [Theory]
    [InlineData("GET /health")]
    [InlineData("GET /ping")]
    [InlineData("GET /version")]
    [InlineData("GET /load")]
    [InlineData("GET /metrics")]
    [InlineData("POST /invocations")]
    [InlineData("POST /pooling")]
    [InlineData("POST /classify")]
    [InlineData("POST /score")]
    [InlineData("POST /rerank")]
    [InlineData("POST /v1/rerank")]
    [InlineData("POST /generative_scoring")]
    [InlineData("POST /pause")]
    [InlineData("POST /resume")]
    [InlineData("GET /is_paused")]
    [InlineData("POST /scale_elastic_ep")]
    [InlineData("POST /update_weights")]
    [InlineData("POST /init_weight_transfer_engine")]
    [InlineData("GET /get_world_size")]
    [InlineData("POST /sleep")]
    [InlineData("POST /wake_up")]
    [InlineData("POST /collective_rpc")]
    [InlineData("POST /reset_prefix_cache")]
    [InlineData("GET /server_info")]
    [InlineData("GET /docs")]
    [InlineData("GET /redoc")]
    [InlineData("GET /openapi.json")]
    [InlineData("POST /v1/responses")]
    [InlineData("POST /v1/messages")]
    [InlineData("POST /v1/embeddings")]
    [InlineData("POST /v1/load_lora_adapter")]
    [InlineData("POST /v1/audio/transcriptions")]
    [InlineData("POST /inference/v1/generate")]
    [InlineData("GET /")]
    [InlineData("GET /errors/503")]
    [InlineData("DELETE /v1/models")]
    [InlineData("OPTIONS /v1/chat/completions")]
    [InlineData("GET /v1/completions")]
    [InlineData("POST /ready")]
    public async Task Every_other_route_is_404_with_and_without_a_key(string request)
    {
        Assert.Equal(404, (await proxy.SendAsync($"{request} HTTP/1.1")).Status);
        Assert.Equal(404, (await proxy.SendAsync($"{request} HTTP/1.1", $"Authorization: {Alice}")).Status);
    }

    [Theory]
    [InlineData("POST /v1/completions/../../pause")]
    [InlineData("POST /v1/./completions")]
    [InlineData("POST //v1/completions")]
    [InlineData("POST /v1/completions/")]
    [InlineData("POST /v1/completions%2f..%2f..%2fpause")]
    [InlineData("POST /v1%2fcompletions")]
    [InlineData("POST /%761/completions")]
    [InlineData("POST /v1/completions?x=/pause")]
    [InlineData("POST /v1/completions;/pause")]
    [InlineData("POST /v1/completions%00")]
    [InlineData("POST /v1/Completions")]
    [InlineData("POST http://127.0.0.1/v1/completions")]
    [InlineData("POST http://engine/pause")]
    [InlineData("POST /pause#/v1/completions")]
    [InlineData("POST /v1\\completions")]
    [InlineData("GET /v1/models HTTP/1.1 HTTP/1.1")]
    public async Task A_path_that_is_not_written_as_allowed_never_reaches_the_engine(string request)
    {
        var before = proxy.Engine.Requests;
        var answer = await proxy.SendAsync($"{request} HTTP/1.1", $"Authorization: {Alice}");
        Assert.InRange(answer.Status, 400, 405);
        Assert.Equal(before, proxy.Engine.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer")]
    [InlineData("Authorization: Bearer ")]
    [InlineData("Authorization: Bearer wrong-key-0123456789")]
    [InlineData("Authorization: Bearer ALICE-KEY-0123456789")]
    [InlineData("Authorization: Bearer alice-key-012345678")]
    [InlineData("Authorization: Bearer alice-key-0123456789x")]
    [InlineData("Authorization: Bearer ../names/alice000000")]
    [InlineData("Authorization: Bearer ..")]
    [InlineData("Authorization: Basic alice-key-0123456789")]
    [InlineData("X-Api-Key: alice-key-0123456789")]
    public async Task A_key_that_is_not_one_is_401_in_OpenAIs_words(string header)
    {
        var before = proxy.Engine.Requests;
        var answer = await proxy.SendAsync("POST /v1/completions HTTP/1.1", header);
        Assert.Equal(401, answer.Status);
        Assert.Contains("\"code\":\"invalid_api_key\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal("Bearer", answer.Header("WWW-Authenticate"));
        Assert.Equal(before, proxy.Engine.Requests);
    }

    [Fact]
    public async Task A_key_of_ten_thousand_letters_is_refused()
    {
        var answer = await proxy.SendAsync("POST /v1/completions HTTP/1.1", $"Authorization: Bearer {new string('a', 10_000)}");
        Assert.Equal(400, answer.Status);
        Assert.Contains("\"error\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_lengths_or_a_length_and_chunks_are_not_passed_on()
    {
        var before = proxy.Engine.Requests;
        Assert.Equal(400, (await proxy.SendAsync("POST /v1/completions HTTP/1.1", $"Authorization: {Alice}\r\nContent-Length: 1\r\nContent-Length: 2")).Status);
        Assert.Equal(400, (await proxy.SendAsync("POST /v1/completions HTTP/1.1", $"Authorization: {Alice}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked")).Status);
        Assert.Equal(before, proxy.Engine.Requests);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1/v1/models?x=")]
    [InlineData("169.254.169.254")]
    public async Task The_engine_never_sees_the_clients_host_key_or_headers(string host)
    {
        var answer = await proxy.SendAsync("GET /v1/models HTTP/1.1", $"Authorization: {Alice}\r\nX-Data-Parallel-Rank: 7\r\nX-Forwarded-For: 1.2.3.4\r\nCookie: a=b", host: host);
        if (answer.Status == 200)
        {
            var headers = proxy.Engine.LastHeaders;
            Assert.Contains("Host: engine", headers, StringComparison.Ordinal);
            foreach (var header in (string[])["Authorization", "X-Data", "X-Forwarded", "Cookie", SecretsTests.AliceKey])
            {
                Assert.DoesNotContain(header, headers, StringComparison.OrdinalIgnoreCase);
            }
        }
        else
        {
            Assert.Equal(400, answer.Status);
        }
    }

    [Fact]
    public async Task Ready_is_said_only_after_a_completion_and_while_the_engine_lives()
    {
        proxy.Answered(false);
        Assert.Equal(503, (await proxy.SendAsync("GET /ready HTTP/1.1")).Status);
        proxy.Answered(true);
        Assert.Equal(200, (await proxy.SendAsync("GET /ready HTTP/1.1")).Status);
        proxy.Engine.Healthy = false;
        var sick = await proxy.SendAsync("GET /ready HTTP/1.1");
        proxy.Engine.Healthy = true;
        Assert.Equal(503, sick.Status);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_one_of_a_megabyte_passes()
    {
        Assert.Equal(413, (await proxy.SendAsync("POST /v1/completions HTTP/1.1", $"Authorization: {Alice}\r\nContent-Length: {65 * 1024 * 1024}")).Status);
        using var client = proxy.Client();
        using var big = new StringContent(new string('x', 1_000_000));
        using var answer = await client.PostAsync(new Uri("/v1/completions", UriKind.Relative), big, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Http_2_is_spoken_under_the_same_rules()
    {
        using var client = proxy.Client();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var models = await client.GetAsync(new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken);
        using var metrics = await client.GetAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (models.StatusCode, metrics.StatusCode));
    }

    [Fact]
    public async Task Tokens_are_passed_on_as_they_come()
    {
        using var client = proxy.Client();
        using var body = new StringContent("{\"stream\":true}");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative)) { Content = body };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        // The engine sends the second token only once the first was read here.
        Assert.Equal("data: 1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        proxy.Engine.Continue.Release();
        Assert.Equal("data: 2", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Old_TLS_is_not_spoken()
    {
#pragma warning disable SYSLIB0039, CA5397, CA5398 // that it fails is the point
        await Assert.ThrowsAnyAsync<Exception>(() => proxy.ConnectAsync(System.Security.Authentication.SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397, CA5398
    }

    [Fact]
    public async Task The_log_names_the_client_and_holds_no_prompt_and_no_key()
    {
        using var client = proxy.Client();
        using var body = new StringContent("{\"prompt\":\"a very private question\"}");
        using var answer = await client.PostAsync(new Uri("/v1/completions", UriKind.Relative), body, TestContext.Current.CancellationToken);
        var id = answer.Headers.GetValues("X-Request-Id").Single();
        var line = await proxy.LogLineAsync(id);
        Assert.Contains("\"client\":\"alice\"", line, StringComparison.Ordinal);
        Assert.Contains("\"path\":\"/v1/completions\"", line, StringComparison.Ordinal);
        Assert.DoesNotContain("private", line, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretsTests.AliceKey, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_key_works_at_once_on_connections_that_are_open()
    {
        await using var connection = await proxy.ConnectAsync();
        Assert.Equal(200, (await Proxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", "Authorization: Bearer " + SecretsTests.BobKey)).Status);
        await proxy.RotateAsync("carol carol-key-0123456789\nalice " + SecretsTests.AliceKey);
        Assert.Equal(401, (await Proxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", "Authorization: Bearer " + SecretsTests.BobKey)).Status);
        Assert.Equal(200, (await Proxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", "Authorization: Bearer carol-key-0123456789")).Status);
        await proxy.RotateAsync($"alice {SecretsTests.AliceKey}\nbob {SecretsTests.BobKey}");
    }

    /// <summary>One nginx for all tests of the class: started in a mount namespace where the node's files lie at their paths.</summary>
    public sealed class Proxy : IAsyncLifetime
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
        private readonly StagedNode _node = new();
        private readonly int _port = FakeHub.FreePort();
        private readonly List<string> _log = [];
        private Socket? _syslog;
        private System.Diagnostics.Process? _nginx;
        private string _material = "";

        internal FakeEngine Engine { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _material = await SecretsTests.SecretsAsync(_node);
            var stored = await _node.RunAsync("store-secrets", _material);
            Assert.True(stored.ExitCode == 0, stored.All);
            foreach (var folder in (string[])["/run/inference/engine", "/run/inference-nginx", "/run/inference-ready", "/run/systemd/journal"])
            {
                Directory.CreateDirectory(_node.At(folder));
            }

            _node.Write("/run/inference-nginx/listen.conf", $"listen 127.0.0.1:{_port} ssl http2;\n");
            Engine = new FakeEngine(_node.At("/run/inference/engine/vllm.sock"));
            _syslog = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            _syslog.Bind(new UnixDomainSocketEndPoint(_node.At("/run/systemd/journal/dev-log")));
            _ = Task.Run(CollectLog);
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
                    await Task.Delay(25);
                }
            }

            Assert.Fail("nginx does not listen");
        }

        public async ValueTask DisposeAsync()
        {
            if (_nginx is { HasExited: false })
            {
                _nginx.Kill(entireProcessTree: true);
                await _nginx.WaitForExitAsync();
            }

            _nginx?.Dispose();
            _syslog?.Dispose();
            Engine.Dispose();
            _node.Dispose();
        }

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
            var result = await _node.RunAsync("store-secrets", $"{string.Join('\n', lines)}\nclients {Convert.ToBase64String(Encoding.UTF8.GetBytes(clients))}\n", ("STUB_STATUS", "0"));
            Assert.True(result.ExitCode == 0, result.All);
            Assert.DoesNotContain("reload", _node.Called, StringComparison.Ordinal);
        }

        internal async Task<string> LogLineAsync(string id)
        {
            for (var i = 0; i < 400; i++)
            {
                lock (_log)
                {
                    if (_log.Find(line => line.Contains(id, StringComparison.Ordinal)) is { } found)
                    {
                        return found;
                    }
                }

                await Task.Delay(25);
            }

            throw new TimeoutException($"no log line has the id {id}");
        }

        internal HttpClient Client()
        {
            var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOurs(certificate) } })
            {
                BaseAddress = new Uri($"https://127.0.0.1:{_port}"),
                Timeout = Patience,
            };
            client.DefaultRequestHeaders.Add("Authorization", Alice);
            return client;
        }

        internal async Task<SslStream> ConnectAsync(System.Security.Authentication.SslProtocols protocols = System.Security.Authentication.SslProtocols.None)
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync(IPAddress.Loopback, _port);
            var stream = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => IsOurs(certificate));
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = protocols });
            return stream;
        }

        internal async Task<Answer> SendAsync(string requestLine, string headers = "", string host = "127.0.0.1")
        {
            await using var stream = await ConnectAsync();
            return await ExchangeAsync(stream, requestLine, headers, host);
        }

        internal static async Task<Answer> ExchangeAsync(SslStream stream, string requestLine, string headers, string host = "127.0.0.1")
        {
            var lines = headers.Length > 0 ? headers + "\r\n" : "";
            var length = requestLine.StartsWith("POST", StringComparison.Ordinal) && !headers.Contains("Content-Length", StringComparison.Ordinal) ? "Content-Length: 0\r\n" : "";
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{requestLine}\r\nHost: {host}\r\n{lines}{length}\r\n"));
            return await Answer.ReadAsync(stream, noBody: requestLine.StartsWith("HEAD", StringComparison.Ordinal)).WaitAsync(Patience);
        }

        private bool IsOurs(System.Security.Cryptography.X509Certificates.X509Certificate? certificate)
        {
            using var expected = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(_node.Read("/tls.crt"));
            return certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(expected.RawData);
        }

        private void CollectLog()
        {
            var buffer = new byte[65536];
            try
            {
                while (true)
                {
                    var line = Encoding.UTF8.GetString(buffer, 0, _syslog!.Receive(buffer));
                    lock (_log)
                    {
                        _log.Add(line);
                    }
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The class is done.
            }
        }
    }

    /// <summary>An answer as it came over the wire.</summary>
    internal sealed record Answer(int Status, IReadOnlyList<string> Headers, string Body)
    {
        internal string? Header(string name) =>
            Headers.FirstOrDefault(header => header.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];

        internal static async Task<Answer> ReadAsync(Stream stream, bool noBody)
        {
            var head = new List<byte>();
            var one = new byte[1];
            while (!(head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n'))
            {
                if (await stream.ReadAsync(one) == 0)
                {
                    break;
                }

                head.Add(one[0]);
            }

            var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            var answer = new Answer(int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), lines[1..], "");
            var length = noBody ? 0 : int.Parse(answer.Header("Content-Length") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            var body = new byte[length];
            await stream.ReadExactlyAsync(body);
            return answer with { Body = Encoding.UTF8.GetString(body) };
        }
    }
}
