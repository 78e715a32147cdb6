using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Linux;
using Infra.Lab.Provider.Resources;
using Microsoft.Extensions.Time.Testing;
using Pulumi;
using Pulumi.Tls;
using Pulumi.Tls.Inputs;

namespace Infra.Tests.Unit.Lab.Provider;

[Collection(Deployments.SerialDeployments.Name)]
public sealed class KeyTests : IDisposable
{
    private readonly Account _account = new();

    public void Dispose() => _account.Dispose();

    [Theory]
    [InlineData("ED25519", "P256", "ssh-ed25519")]
    [InlineData("ECDSA", "P256", "ecdsa-sha2-nistp256")]
    [InlineData("ECDSA", "P384", "ecdsa-sha2-nistp384")]
    [InlineData("RSA", "P256", "ssh-rsa")]
    public async Task A_key_is_one_that_OpenSSH_reads(string algorithm, string curve, string type)
    {
        var key = await KeyAsync(algorithm, curve);
        Assert.StartsWith($"{type} ", key.Text("publicKeyOpenssh"), StringComparison.Ordinal);
        Assert.Equal(key.Text("publicKeyOpenssh").Trim(), await SshKeygenAsync("-y", "-P", "", "-f", PrivateFile(key)));
        Assert.Contains(key.Text("publicKeyFingerprintSha256"), await SshKeygenAsync("-l", "-f", PrivateFile(key)),
            StringComparison.Ordinal);
        Assert.Contains(key.Text("publicKeyFingerprintMd5"), await SshKeygenAsync("-l", "-E", "md5", "-f", PrivateFile(key)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_has_what_was_asked_and_is_signed_by_its_authority_until_its_renewal_is_due()
    {
        var clock = new FakeTimeProvider(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        _account.Clock = clock;
        var run = (await _account.UpAsync(Certificates)).Succeeded();
        using var authority = X509Certificate2.CreateFromPem(run.Only(Types.SelfSignedCert, "ca").Outputs.Text("certPem"));
        using var certificate = X509Certificate2.CreateFromPem(run.Only(Types.LocallySignedCert, "node").Outputs.Text("certPem"),
            run.Only(Types.PrivateKey, "node").Outputs.Text("privateKeyPem"));
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = clock.GetUtcNow().AddHours(1).UtcDateTime,
            },
        };
        Assert.True(chain.Build(certificate), string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation)));
        var names = Assert.Single(certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>());
        Assert.Equal(["chat.internal"], names.EnumerateDnsNames());
        Assert.Equal(["10.100.0.2"], names.EnumerateIPAddresses().Select(address => address.ToString()));
        Assert.True(Assert.Single(authority.Extensions.OfType<X509BasicConstraintsExtension>()).CertificateAuthority);
        Assert.False(Assert.Single(certificate.Extensions.OfType<X509BasicConstraintsExtension>()).CertificateAuthority);
        Assert.Equal("CN=node", certificate.Subject);

        clock.Advance(TimeSpan.FromHours(89));
        Assert.Equal(0, (await _account.UpAsync(Certificates)).Summary.Changes);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, (await _account.UpAsync(Certificates)).Succeeded().Summary.Replaced);
    }

    private static void Certificates(ComponentResourceOptions root)
    {
        var inside = new ComponentResource("infra:components:Test", "test", root);
        var ca = new PrivateKey("ca", new() { Algorithm = "ECDSA", EcdsaCurve = "P256" }, new() { Parent = inside });
        var authority = new SelfSignedCert("ca", new()
        {
            PrivateKeyPem = ca.PrivateKeyPem,
            Subject = new SelfSignedCertSubjectArgs { CommonName = "Test" },
            IsCaCertificate = true,
            AllowedUses = { "cert_signing" },
            ValidityPeriodHours = 10000,
        }, new() { Parent = inside });
        var key = new PrivateKey("node", new() { Algorithm = "ECDSA", EcdsaCurve = "P256" }, new() { Parent = inside });
        var request = new CertRequest("node", new()
        {
            PrivateKeyPem = key.PrivateKeyPem,
            Subject = new CertRequestSubjectArgs { CommonName = "node" },
            DnsNames = { "chat.internal" },
            IpAddresses = { "10.100.0.2" },
        }, new() { Parent = inside });
        _ = new LocallySignedCert("node", new()
        {
            CertRequestPem = request.CertRequestPem,
            CaCertPem = authority.CertPem,
            CaPrivateKeyPem = ca.PrivateKeyPem,
            AllowedUses = { "digital_signature", "server_auth" },
            ValidityPeriodHours = 100,
            EarlyRenewalHours = 10,
        }, new() { Parent = inside });
    }

    private async Task<System.Collections.Immutable.ImmutableDictionary<string, object>> KeyAsync(string algorithm, string curve)
    {
        var run = (await _account.UpAsync(root =>
        {
            var inside = new ComponentResource("infra:components:Test", "test", root);
            _ = new PrivateKey("key", new() { Algorithm = algorithm, EcdsaCurve = curve }, new() { Parent = inside });
        })).Succeeded();
        return run.Only(Types.PrivateKey, "key").Outputs;
    }

    private string PrivateFile(System.Collections.Immutable.ImmutableDictionary<string, object> key)
    {
        var file = Path.Combine(_account.Folder, "key");
        using (var stream = new FileStream(file, new FileStreamOptions
        {
            Mode =
            FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite
        }))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(key.Text("privateKeyOpenssh")));
        }
        return file;
    }

    private static async Task<string> SshKeygenAsync(params string[] arguments)
    {
        try
        {
            return (await HostProgram.AskAsync("ssh-keygen", arguments, cancel: TestContext.Current.CancellationToken)).Output.Trim();
        }
        catch (ProgramException exception) when (!exception.Started)
        {
            Assert.Skip("there is no ssh-keygen here");
            throw;
        }
    }
}
