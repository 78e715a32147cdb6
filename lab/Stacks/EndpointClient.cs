using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Cli.CommandLine;
using Infra.Lab.Host;
using Infra.Lab.Linux;

namespace Infra.Lab.Stacks;

/// <summary>
/// A client of an endpoint, from a location with access: through a tunnel for private access, from a host in the VPC for internal access,
/// from the internet for public access. It checks the certificate like the printed commands.
/// </summary>
internal sealed class EndpointClient : IDisposable
{
    private const string TunnelTarget = "127.0.0.1:443";
    private const int MostQuoted = 1000;
    private readonly HttpClient _http;

    private readonly string _task;

    private EndpointClient(HttpClient http, EndpointAccess endpoint)
    {
        _http = http;
        _task = endpoint.Task;
        Model = endpoint.Model;
    }

    /// <summary>Model name to send as <c>model</c>.</summary>
    public string Model { get; }

    /// <summary>The HTTP client, with the key and the API's base address.</summary>
    public HttpClient Http => _http;

    /// <summary>A client of an endpoint of a running lab.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="key">API key; null sends none.</param>
    public static EndpointClient Of(LabStack lab, EndpointAccess endpoint, string? key)
    {
        var files = new AccessFiles(lab.Folder);
        var handler = endpoint.Access switch
        {
            "private" => Tunnel(lab, files, endpoint.NodeAddress),
            "internal" => NamespaceSockets.Handler(lab.Sandbox.NetworkPath(HostRuntime.NeighbourName)),
            _ => NamespaceSockets.Handler(lab.Sandbox.NetworkPath(null), null, IPAddress.Parse(endpoint.BalancerAddress!)),
        };
        var authority = files.Read(
            endpoint.Access == "public" ? files.PublicAuthority : files.Authority, X509CertificateLoader.LoadCertificateFromFile);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, problems) =>
            IsTrusted(authority, certificate, problems);
        var http = new HttpClient(handler)
        {
            BaseAddress = new Uri(endpoint.Access == "private" ? "https://127.0.0.1/v1/" : $"{endpoint.Url.TrimEnd('/')}/"),
            Timeout = TimeSpan.FromMinutes(10),
            MaxResponseContentBufferSize = 16 << 20,
        };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return new EndpointClient(http, endpoint);
    }

    /// <summary>Sends a question and returns the text of the answer; for a pooling model, a description of the result.</summary>
    /// <exception cref="HttpRequestException">The endpoint did not answer, or returned an error, which the message quotes.</exception>
    public Task<string> AskAsync(string question, int mostTokens, CancellationToken cancel) => AskAsync(question, mostTokens, null, cancel);

    /// <summary>The same with a system message, if there is one.</summary>
    public async Task<string> AskAsync(string question, int mostTokens, JsonObject? system, CancellationToken cancel)
    {
        var user = new JsonObject { ["role"] = "user", ["content"] = question };
        var (path, asked) = _task switch
        {
            "embed" => ("embeddings", new JsonObject { ["input"] = question }),
            "score" => ("score", new JsonObject { ["text_1"] = question, ["text_2"] = question }),
            _ => ("chat/completions", new JsonObject
            {
                ["messages"] = system is null ? new JsonArray(user) : new JsonArray(system.DeepClone(), user),
                ["max_tokens"] = mostTokens,
            }),
        };
        asked["model"] = Model;
        using var answer = await PostAsync(path, asked, cancel);
        // The response may declare an invalid character set.
        var body = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(cancel));
        return answer.IsSuccessStatusCode
            ? Content(_task, body)
            : throw new HttpRequestException(
                $"{(int)answer.StatusCode} {answer.ReasonPhrase}: {Printable.Line(body.Trim(), MostQuoted)}", null, answer.StatusCode);
    }

    /// <summary>Retries until there is an answer: a load balancer selects a server only after its health checks.</summary>
    public async Task<string> AskWithRetryAsync(string question, int mostTokens, TimeSpan patience, CancellationToken cancel)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await AskAsync(question, mostTokens, cancel);
            }
            catch (HttpRequestException exception) when (waited.Elapsed < patience
                && exception.StatusCode is null or HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(500, cancel);
            }
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string path, JsonObject asked, CancellationToken cancel)
    {
        try
        {
            return await _http.PostAsJsonAsync(path, asked, cancel);
        }
        catch (TaskCanceledException exception) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer within {_http.Timeout.TotalMinutes:0} minutes", exception);
        }
    }

    /// <summary>The text of an answer, depending on the task of the model.</summary>
    /// <exception cref="HttpRequestException">It has another format: the server is not a vLLM, or is compromised.</exception>
    internal static string Content(string task, string body)
    {
        try
        {
            var answer = JsonNode.Parse(body)!;
            return task switch
            {
                "embed" => Vector(answer["data"]![0]!["embedding"]!.AsArray()),
                "score" => string.Create(CultureInfo.InvariantCulture,
                    $"A score: the text compared with itself is {answer["data"]![0]!["score"]!.GetValue<double>()}"),
                _ => answer["choices"]![0]!["message"]!["content"]!.GetValue<string>(),
            };
        }
        catch (Exception exception)
            when (exception is JsonException or NullReferenceException or InvalidOperationException or ArgumentException
                or FormatException)
        {
            throw new HttpRequestException($"status 200 without an answer: {Printable.Line(body, MostQuoted)}", exception);
        }
    }

    private static string Vector(JsonArray numbers) =>
        $"A vector of {numbers.Count} numbers: {string.Join(", ", numbers.Take(3).Select(number => number!.ToJsonString()))}, ...";

    public void Dispose() => _http.Dispose();

    /// <summary>Connections through <c>ssh -W</c>, like the printed tunnel, but without a local port.</summary>
    private static SocketsHttpHandler Tunnel(LabStack lab, AccessFiles files, string nodeAddress) => new()
    {
        UseProxy = false,
        ConnectCallback = (_, _) =>
        {
            var words = lab.Sandbox.Network(null,
                "ssh", "-F", "none", "-b", lab.Sandbox.Operator, "-i", files.OperatorKey, "-W", TunnelTarget, "-o", "BatchMode=yes",
                "-o", "IdentitiesOnly=yes", "-o", $"UserKnownHostsFile={files.KnownHosts}", "-o", "StrictHostKeyChecking=yes", "-o",
                "LogLevel=ERROR", $"ops@{nodeAddress}");
            return ValueTask.FromResult<Stream>(new ProcessStream(HostProgram.Start(words[0], words[1..])));
        },
    };

    private static bool IsTrusted(X509Certificate2 authority, X509Certificate? certificate, SslPolicyErrors problems)
    {
        if (certificate is not X509Certificate2 shown || problems.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }

    /// <summary>Standard input and output of a program as one stream; closing it ends the program.</summary>
    private sealed class ProcessStream(Process process) : Stream
    {
        private readonly Stream _read = process.StandardOutput.BaseStream;
        private readonly Stream _write = process.StandardInput.BaseStream;

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => _read.Read(buffer, offset, count);
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _read.ReadAsync(buffer, cancellationToken);
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            _read.ReadAsync(buffer, offset, count, cancellationToken);
        public override void Write(byte[] buffer, int offset, int count) => _write.Write(buffer, offset, count);
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            _write.WriteAsync(buffer, cancellationToken);
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            _write.WriteAsync(buffer, offset, count, cancellationToken);
        public override void Flush() => _write.Flush();
        public override Task FlushAsync(CancellationToken cancellationToken) => _write.FlushAsync(cancellationToken);
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                try
                {
                    process.Kill(entireProcessTree: true);
                }
                catch (InvalidOperationException)
                {
                    // It ended by itself.
                }

                process.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
