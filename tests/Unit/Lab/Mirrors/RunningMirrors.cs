using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Mirrors;
using Infra.Lab.Mirrors.Content;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Lab.Mirrors;

/// <summary>Mirrors over loopback, with a client to whom all names lead there.</summary>
internal sealed class RunningMirrors : IAsyncDisposable
{
    internal const string ModelId = "mistralai/Ministral-3-3B-Instruct-2512";

    private static readonly Lazy<(string Folder, OciImage Image)> SharedContent = new(WriteContent);

    private readonly MirrorServer _server;
    private readonly DirectoryInfo _own;

    private RunningMirrors(MirrorServer server, DirectoryInfo own, string thumbprint)
    {
        (_server, _own) = (server, own);
        Client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == thumbprint },
            ConnectCallback = async (context, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(server.EndPoints[context.DnsEndPoint.Port == server.EndPoints[1].Port ? 1 : 0], cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    internal static ModelSpec Model => ModelCatalog.Load().Models[ModelId];

    internal HttpClient Client { get; }

    /// <summary>The mirrors' messages about an invalid control file.</summary>
    internal required IReadOnlyCollection<string> Complaints { get; init; }

    internal static OciImage Image => SharedContent.Value.Image;

    internal string MetadataFolder => Path.Combine(_own.FullName, "metadata");

    internal IReadOnlyList<RequestLine> Requests => RequestLog.Read(Path.Combine(_own.FullName, "requests.jsonl"));

    private string ControlFile => Path.Combine(_own.FullName, "control.json");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _own.Delete(recursive: true);
    }

    internal static async Task<RunningMirrors> StartAsync()
    {
        var own = Directory.CreateTempSubdirectory("mirrors-");
        var (certificate, key, thumbprint) = WriteCertificate(own.FullName);
        var complaints = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var server = await MirrorServer.StartAsync(
            new()
            {
                Folder = SharedContent.Value.Folder,
                Listeners = [new(IPAddress.Loopback, 0, Tls: false), new(IPAddress.Loopback, 0, Tls: true)],
                CertificateFile = certificate,
                KeyFile = key,
                MetadataFolder = Path.Combine(own.FullName, "metadata"),
                ControlFile = Path.Combine(own.FullName, "control.json"),
                LogFile = Path.Combine(own.FullName, "requests.jsonl"),
                HubPageRows = 5,
                Complain = complaints.Enqueue,
            },
            TimeProvider.System, TestContext.Current.CancellationToken);
        return new(server, own, thumbprint) { Complaints = complaints };
    }

    internal Uri Address(string host, string path, bool tls = false) =>
        new($"{(tls ? "https" : "http")}://{host}:{_server.EndPoints[tls ? 1 : 0].Port}{path}");

    internal Task<HttpResponseMessage> GetAsync(string host, string path, Action<HttpRequestMessage>? change = null) =>
        GetAsync(Address(host, path), change);

    internal async Task<HttpResponseMessage> GetAsync(Uri address, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        change?.Invoke(request);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    internal void Control(MirrorKind mirror, MirrorFaults faults) => MirrorControl.Load(ControlFile).With(mirror, faults).Save(ControlFile);

    // Renamed into place, as the command does: the mirrors may look at any moment.
    internal void WriteControl(string text)
    {
        File.WriteAllText($"{ControlFile}.new", text);
        File.Move($"{ControlFile}.new", ControlFile, overwrite: true);
    }

    /// <summary>A line is written as an answer ends, which a client may know a moment before.</summary>
    internal async Task<RequestLine> LoggedAsync(Func<RequestLine, bool> which)
    {
        for (var i = 0; i < 500; i++)
        {
            if (Requests.LastOrDefault(which) is { } line)
            {
                return line;
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException($"Not in the log, which has {string.Join('\n', Requests)}");
    }

    private static (string Folder, OciImage Image) WriteContent()
    {
        var folder = Directory.CreateTempSubdirectory("mirrors-content-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        HubContent.Write(folder, Model, 1e-3);
        HubContent.Write(folder, Model with { Id = "lab/gated", Gated = true, Formats = [WeightsFormat.Mistral] }, 1e-4);
        var image = OciBuilder.Build(folder, new()
        {
            Repository = "vllm/vllm-openai",
            Tags = ["v0.31.0"],
            Files = new Dictionary<string, OciFile> { ["/usr/local/bin/vllm"] = OciFile.Text("#!/bin/sh\n", executable: true) },
            PaddingBytes = 300_000,
        });
        var engine = Directory.CreateDirectory(Path.Combine(folder, "engine", "vllm"));
        File.WriteAllText(Path.Combine(engine.FullName, "__init__.py"), "");
        PythonContent.Write(folder, Path.Combine(folder, "engine"), ModelCatalog.Load().Engines.Values, pipWheel: null);
        var apt = Directory.CreateDirectory(Path.Combine(folder, "apt", "debian", "dists", "trixie"));
        File.WriteAllText(Path.Combine(apt.FullName, "InRelease"), "Origin: Debian\n");
        var thirdParty = Directory.CreateDirectory(Path.Combine(folder, "third-party"));
        foreach (var name in (string[])["InRelease", "Release", "Release.gpg", "Packages"])
        {
            File.WriteAllText(Path.Combine(thirdParty.FullName, name), $"{name}\n");
        }

        return (folder, image);
    }

    private static (string Certificate, string Key, string Thumbprint) WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mirrors", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        var (chain, pem) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"));
        File.WriteAllText(chain, certificate.ExportCertificatePem());
        File.WriteAllText(pem, key.ExportPkcs8PrivateKeyPem());
        return (chain, pem, certificate.Thumbprint);
    }
}
