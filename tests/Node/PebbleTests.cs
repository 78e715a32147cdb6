using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Acme;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.Linux;
using Infra.Planning.Catalog;
using Infra.Tests.Unit.Lab.Provider;
using CertificateRequest = System.Security.Cryptography.X509Certificates.CertificateRequest;

namespace Infra.Tests.Node;

/// <summary>Certificates from a real ACME server, which asks the account's name servers.</summary>
public sealed class PebbleTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pebble-").FullName;
    private readonly List<string> _log = [];
    private readonly AccountStore _store = AccountStore.Open(":memory:");
    private readonly CloudAccount _account;
    private readonly X509Certificate2 _lab = Authority();
    private readonly DnsServer _names;
    private readonly Pebble _pebble;
    private readonly AcmeAuthority _authority;
    private int _pid;

    public PebbleTests()
    {
        _account = new(_store, new AccountSettings { Catalog = ModelCatalog.Load() }, TimeProvider.System);
        _account.Change(change => Domains.Create(change, new("example.com")));
        _names = DnsServer.Start(_account, new(IPAddress.Loopback, 0), IPAddress.Parse("198.51.100.1"));
        _pebble = new(Path.Combine(_folder, "acme"), FreePort(), _names.Address, async (command, cancel) =>
            _pid = await HostProgram.StartDetachedAsync(Path.Combine(_folder, "pebble.log"), command, cancel));
        _authority = new(_pebble, _lab, Path.Combine(_folder, "acme"), _log.Add, TimeProvider.System);
    }

    [Fact]
    public async Task A_certificate_is_issued_for_names_of_the_account_and_outlives_the_authority()
    {
        var first = await OrderAsync("www.example.com", "*.example.com", "example.com");
        Signals.Kill(_pid);
        var second = await OrderAsync("other.example.com");

        Assert.Equal(["*.example.com", "example.com", "www.example.com"], CertificateFiles.Names(first).Order(StringComparer.Ordinal));
        Assert.InRange(first.NotAfter - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(89), TimeSpan.FromDays(91));
        Assert.NotEqual(Chain(first)[1].Thumbprint, Chain(second)[1].Thumbprint);
        foreach (var issued in new[] { first, second })
        {
            using var pair = X509Certificate2.CreateFromPem(issued.ChainPem, issued.KeyPem);
            Assert.Contains("Pebble Intermediate CA", pair.Issuer, StringComparison.Ordinal);
            await VerifyAsync(issued);
        }
        Assert.DoesNotContain(_account.State.All<DnsRecord>(), record => record.Type == "TXT");
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_folder, "acme")));
        Assert.Empty(_log);
    }

    [Fact]
    public async Task Orders_at_once_have_their_own_certificates()
    {
        var issued = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => OrderAsync($"host{number}.example.com")));

        Assert.Equal(
            Enumerable.Range(0, 6).Select(number => $"host{number}.example.com"),
            issued.Select(each => CertificateFiles.Names(each).Single()));
    }

    [Fact]
    public async Task Names_outside_of_the_account_are_refused_with_the_reason()
    {
        var refused = await Assert.ThrowsAsync<CertificateException>(() => OrderAsync("www.example.com", "www.other.net"));

        Assert.Contains("_acme-challenge.www.other.net is in no domain of the account", refused.Message, StringComparison.Ordinal);
        Assert.Equal($"certificate for www.example.com, www.other.net: {refused.Message}", Assert.Single(_log));
        Assert.DoesNotContain(_account.State.All<DnsRecord>(), record => record.Type == "TXT");
    }

    [Fact]
    public async Task A_proof_that_the_name_servers_do_not_have_is_refused_by_the_authority()
    {
        var refused = await Assert.ThrowsAsync<CertificateException>(
            () => _authority.IssueAsync(["www.example.com"], new NoProof(), TestContext.Current.CancellationToken));

        Assert.Contains("unauthorized", refused.Message, StringComparison.Ordinal);
    }

    /// <summary><c>./infra up</c> has the authority of the account, <c>./infra cloud</c> this one: what they leave is the same.</summary>
    [Fact]
    public async Task Either_authority_leaves_the_same_account()
    {
        using var store = AccountStore.Open(":memory:");
        using var other = new CloudAccount(store, _account.Settings, TimeProvider.System);
        other.Change(change => Domains.Create(change, new("example.com")));

        var byPebble = await IssuedAsync(_account, _authority);
        var byItself = await IssuedAsync(other, new LocalAuthority(other));

        Assert.Equal(byItself, byPebble);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pid != 0)
        {
            Signals.Kill(_pid);
        }
        await _names.DisposeAsync();
        _authority.Dispose();
        _pebble.Dispose();
        _account.Dispose();
        _store.Dispose();
        _lab.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<IssuedCertificate> OrderAsync(params string[] names) => new CertificateIssuance(_account, _authority).IssueAsync(
        new(AccountChange.NewId(), names[0], Certificate.LetsEncrypt, [.. names], Certificate.Pending, TimeProvider.System.GetUtcNow()),
        TestContext.Current.CancellationToken);

    /// <summary>A certificate from its order to its end, and what the account has then, without what is random.</summary>
    private static async Task<string> IssuedAsync(CloudAccount account, ICertificateAuthority authority)
    {
        await using var running = new RunningAccount(account, new FakeHostRuntime(), authority: authority);
        account.Change(change => Certificates.Create(
            change, new("web", Certificate.LetsEncrypt, ["www.example.com", "*.example.com"], null, null, null)));
        await running.UntilAsync(
            known => known.All<Certificate>().Single().State != Certificate.Pending, TestContext.Current.CancellationToken);
        var state = account.State;
        var certificate = state.All<Certificate>().Single();
        var issued = certificate.Issued!;
        using var pair = X509Certificate2.CreateFromPem(issued.ChainPem, issued.KeyPem);
        var work = state.All<Work>().Single();
        return string.Join('\n',
        [
            $"{certificate.Name} {certificate.Type} {certificate.State} {certificate.Failures}",
            $"{string.Join(' ', certificate.DnsNames)}; {string.Join(' ', CertificateFiles.Names(issued).Order(StringComparer.Ordinal))}",
            $"{pair.GetECDsaPrivateKey()!.KeySize} bits, {Chain(issued).Count} in the chain, its own: {issued.Sha1 == Fingerprint(pair)}",
            // Within an hour: a few seconds pass between the two.
            $"{Days(issued.NotAfter)} days; {work.Kind} in {Days(work.DueAt)} days",
            .. state.All<DnsRecord>().Select(record => $"{record.Type} {record.Name}").Order(StringComparer.Ordinal),
        ]);

        static double Days(DateTimeOffset time) => Math.Round((time - TimeProvider.System.GetUtcNow()).TotalDays, 1);

        static string Fingerprint(X509Certificate2 certificate) => Convert.ToHexStringLower(certificate.GetCertHash());
    }

    /// <summary>As programs inside verify it: they know the lab's authority, and the server sends the rest.</summary>
    private async Task VerifyAsync(IssuedCertificate issued)
    {
        var authority = Path.Combine(_folder, "ca.pem");
        var chain = Path.Combine(_folder, "chain.pem");
        await File.WriteAllTextAsync(authority, _lab.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(chain, issued.ChainPem, TestContext.Current.CancellationToken);
        await HostProgram.RunAsync("openssl",
            ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", authority, "-untrusted", chain, chain],
            cancel: TestContext.Current.CancellationToken);
        using var built = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust } };
        built.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        built.ChainPolicy.CustomTrustStore.Add(_lab);
        built.ChainPolicy.ExtraStore.AddRange(Chain(issued));
        Assert.True(built.Build(Chain(issued)[0]), string.Join(' ', built.ChainStatus.Select(status => status.StatusInformation)));
    }

    private static X509Certificate2Collection Chain(IssuedCertificate issued)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(issued.ChainPem);
        return chain;
    }

    /// <summary>As <c>prepare-authority</c> makes it.</summary>
    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Lab CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddYears(1));
    }

    private static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private sealed class NoProof : IDomainProof
    {
        // The client is told that the record is there; the authority looks for itself.
        public void Publish(string name, string value)
        {
        }
    }
}
