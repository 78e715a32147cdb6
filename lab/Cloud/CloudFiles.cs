using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Infra.Lab.Files;
using Infra.Lab.Host;
using Infra.Lab.Provider.Keys;

namespace Infra.Lab.Cloud;

/// <summary>The files of a cloud, next to the account: its certificates, and what programs inside see instead of this machine's.</summary>
internal sealed class CloudFiles(LabFolder folder)
{
    /// <summary>Where the API answers. No server has it: theirs begin at 198.51.100.11.</summary>
    public const string ApiAddress = "198.51.100.2";

    public const string ApiName = "api.digitalocean.com";

    /// <summary>Answers with the caller's address: what the README's command for <c>adminCidrs</c> asks.</summary>
    public const string AddressName = "checkip.amazonaws.com";

    /// <summary>Asked for a token's scopes by <c>doctl auth init</c>.</summary>
    public const string TokenName = "cloud.digitalocean.com";

    private const string SystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(825);

    /// <summary>The account.</summary>
    public string Account => Path.Combine(folder.Cloud, "account.db");

    /// <summary>The token of the programs inside; only its owner reads it.</summary>
    public string Token => Path.Combine(folder.Access, "token");

    public string Certificate => Path.Combine(folder.Access, "api.pem");

    public string Key => Path.Combine(folder.Access, "api.key");

    /// <summary>Folder of the ACME server and of orders.</summary>
    public string Acme => Path.Combine(folder.Path, "acme");

    public string AcmeLog => Path.Combine(folder.Path, "pebble.log");

    /// <summary>The lab's authority and those of this machine.</summary>
    public string Authorities => Path.Combine(folder.Public, "ca-certificates.crt");

    /// <summary>The lab's authority alone.</summary>
    public string Authority => Path.Combine(folder.Public, "ca.pem");

    /// <summary>Replaces <c>/etc/resolv.conf</c>, <c>/etc/hosts</c> and <c>/etc/nsswitch.conf</c> for programs inside.</summary>
    public string Etc => Path.Combine(folder.Public, "etc");

    /// <summary>Creates what is missing, and refreshes what follows this machine.</summary>
    /// <param name="images">The server images, whose authority every server trusts.</param>
    public void Write(ServerImages images)
    {
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        foreach (var each in new[] { folder.Public, Etc, Path.Combine(folder.Public, CloudCatalog.FolderName) })
        {
            Directory.CreateDirectory(each, readable);
        }

        var authority = File.ReadAllText(Path.Combine(images.Certificates, "ca.pem"));
        Publish(Authority, authority);
        Publish(Authorities, $"{(File.Exists(SystemAuthorities) ? File.ReadAllText(SystemAuthorities) : "")}\n{authority}");
        Publish(Path.Combine(Etc, "resolv.conf"), $"nameserver {Sandbox.MirrorAddress}\n");
        Publish(Path.Combine(Etc, "hosts"), $"127.0.0.1 localhost\n127.0.1.1 {Environment.MachineName}\n");
        // Without modules that query services of this machine.
        Publish(Path.Combine(Etc, "nsswitch.conf"), NameServices(
            File.Exists("/etc/nsswitch.conf") ? File.ReadAllText("/etc/nsswitch.conf") : "passwd: files\ngroup: files\n"));
        if (!IsIssuedBy(authority))
        {
            Issue(authority, File.ReadAllText(Path.Combine(images.Certificates, "ca.key")));
        }
    }

    /// <summary>Stays readable for all: it has no secret.</summary>
    private static void Publish(string file, string content) => AtomicFile.Write(file, Encoding.UTF8.GetBytes(content), AtomicFile.Public);

    /// <summary>A file <c>nsswitch.conf</c> that finds hosts in files and DNS only.</summary>
    internal static string NameServices(string text) => string.Concat(
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.TrimStart().StartsWith("hosts:", StringComparison.Ordinal))
            .Append("hosts: files dns").Select(line => $"{line}\n"));

    private bool IsIssuedBy(string authorityPem)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(Certificate);
            using var authority = X509Certificate2.CreateFromPem(authorityPem);
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            return File.Exists(Key) && certificate.MatchesHostname(TokenName) && chain.Build(certificate);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException)
        {
            return false;
        }
    }

    private void Issue(string authorityPem, string authorityKey)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem();
        var request = Issuer.RequestPem(
            new X500DistinguishedName($"CN={ApiName}"), Issuer.Names([ApiName, AddressName, TokenName], [], []), pem);
        var certificate = Issuer.SignedPem(request, authorityPem, authorityKey, new CertificateTerms(
            ["digital_signature", "server_auth"], IsAuthority: false, null, WithSubjectKeyId: true,
            TimeProvider.System.GetUtcNow().AddHours(-1), (int)Validity.TotalHours));
        AtomicFile.Write(Key, Encoding.ASCII.GetBytes($"{pem}\n"), AtomicFile.Private);
        AtomicFile.Write(Certificate, Encoding.ASCII.GetBytes(certificate), AtomicFile.Private);
    }
}
