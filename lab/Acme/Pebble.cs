using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.Files;
using CertificateRequest = System.Security.Cryptography.X509Certificates.CertificateRequest;

namespace Infra.Lab.Acme;

/// <summary>
/// Debian's <c>pebble</c>, the ACME server for tests of Let's Encrypt's authors. It keeps accounts, orders and its own keys in memory: a
/// new process has a new root and a new intermediate.
/// </summary>
/// <param name="folder">Its configuration and its own certificate; only root can enter it.</param>
/// <param name="listen">Where it answers.</param>
/// <param name="resolver">The name server that it asks for proofs.</param>
/// <param name="start">Starts a command line and keeps it running, unless it is running already.</param>
internal sealed class Pebble(
    string folder, IPEndPoint listen, IPEndPoint resolver, Func<IReadOnlyList<string>, CancellationToken, Task> start) : IDisposable
{
    private static readonly TimeSpan s_startPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_validity = TimeSpan.FromDays(90); // Let's Encrypt's
    private static readonly TimeSpan s_ownValidity = TimeSpan.FromDays(3650);

    private readonly SemaphoreSlim _starting = new(1);

    public Uri Directory => new($"https://{listen}/dir");

    public IPEndPoint Resolver => resolver;

    /// <summary>Certificate of its HTTPS, which its clients trust.</summary>
    public string CertificateFile => Path.Combine(folder, "pebble.pem");

    private string KeyFile => Path.Combine(folder, "pebble.key");

    private string ConfigurationFile => Path.Combine(folder, "pebble.json");

    /// <summary>Without capabilities: it answers a client of this machine, and needs nothing but its port.</summary>
    private string[] Command =>
    [
        "setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
        // Without its waits of up to 15 seconds and its refusals at random, which test clients of ACME.
        "env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0",
        "pebble", "-config", ConfigurationFile, "-dnsserver", resolver.ToString(),
    ];

    /// <summary>Starts it unless it answers.</summary>
    /// <exception cref="CertificateException">It does not answer.</exception>
    public async Task EnsureAsync(CancellationToken cancel)
    {
        await _starting.WaitAsync(cancel);
        try
        {
            Write();
            using var http = Client();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(s_startPatience);
            for (var isStarted = false; !await AnswersAsync(http, limit.Token); isStarted = true)
            {
                if (!isStarted)
                {
                    await start(Command, cancel);
                }
                await Task.Delay(50, limit.Token);
            }
        }
        catch (OperationCanceledException exception) when (!cancel.IsCancellationRequested)
        {
            throw new CertificateException($"pebble does not answer at {Directory}; pebble.log says why", exception);
        }
        finally
        {
            _starting.Release();
        }
    }

    public void Dispose() => _starting.Dispose();

    private async Task<bool> AnswersAsync(HttpClient http, CancellationToken cancel)
    {
        try
        {
            using var answer = await http.GetAsync(Directory, cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private HttpClient Client()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(CertificateFile));
        return new(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        });
    }

    private void Write()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            pebble = new
            {
                listenAddress = listen.ToString(),
                // Nothing of it is needed: the chain comes with each certificate.
                managementListenAddress = "",
                certificate = CertificateFile,
                privateKey = KeyFile,
                certificateValidityPeriod = (long)s_validity.TotalSeconds,
            },
        });
        System.IO.Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        AtomicFile.Write(ConfigurationFile, json, AtomicFile.Private);
        // A running process has the old ones.
        if (!File.Exists(CertificateFile) || !File.Exists(KeyFile))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=pebble", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(listen.Address);
            request.CertificateExtensions.Add(names.Build());
            var now = TimeProvider.System.GetUtcNow();
            using var certificate = request.CreateSelfSigned(now.AddHours(-1), now + s_ownValidity);
            AtomicFile.Write(KeyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), AtomicFile.Private);
            AtomicFile.Write(CertificateFile, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), AtomicFile.Private);
        }
    }
}
