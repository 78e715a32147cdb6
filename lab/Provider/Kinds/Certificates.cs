using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.Provider.Keys;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Certificates of load balancers: custom ones, or ones of a local CA in the role of Let's Encrypt.</summary>
internal sealed class Certificates(CloudContext cloud) : DigitalOceanKind
{
    private const string LetsEncrypt = "lets_encrypt";
    private const int ValidityHours = 90 * 24;
    private const int RenewalDays = 30;

    private static readonly string[] s_ownParts = ["privateKey", "leafCertificate", "certificateChain"];
    private static readonly string[] s_uses = ["digital_signature", "server_auth"];

    public override string Type => Types.Certificate;

    public override bool ReplacedBy(string input) => true;

    public override void Check(CloudResource? before, CloudResource after)
    {
        var inputs = after.Inputs;
        if (cloud.IsNameTaken(after))
        {
            throw Refused("A certificate with this name already exists.");
        }
        if (inputs.TextOrNull("type") == LetsEncrypt)
        {
            if (inputs.Texts("domains").Count == 0)
            {
                throw new ProviderException("`domains` is required for when type is `lets_encrypt`");
            }
            if (s_ownParts.FirstOrDefault(inputs.ContainsKey) is { } key)
            {
                throw new ProviderException(
                    $"\"domains\": conflicts with {System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(key)}");
            }
            return;
        }
        if (inputs.TextOrNull("type") is { } type and not "custom")
        {
            throw new ProviderException($"expected type to be one of [\"custom\" \"lets_encrypt\"], got {type}");
        }
        foreach (var (input, field) in new[] { ("privateKey", "private_key"), ("leafCertificate", "leaf_certificate") })
        {
            if (!inputs.ContainsKey(input))
            {
                throw new ProviderException($"`{field}` is required for when type is `custom` or empty");
            }
        }
        try
        {
            X509Certificate2.CreateFromPem(inputs.Text("leafCertificate"), inputs.Text("privateKey")).Dispose();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw Refused("The certificate and private key do not match.");
        }
    }

    public override CloudResource Reserve(CloudResource resource)
    {
        var named = Named(resource);
        return named with { Id = named.CloudName };
    }

    public override Task<CloudResource> CreateAsync(CloudResource resource) => Task.FromResult(Issue(resource));

    /// <summary>The certificate as DigitalOcean renews it in its last month, under the same name; null before that.</summary>
    public CloudResource? Renewed(CloudResource resource) =>
        resource.Inputs.TextOrNull("type") == LetsEncrypt
        && DateTimeOffset.Parse(resource.Outputs.Text("notAfter"),
            System.Globalization.CultureInfo.InvariantCulture) < cloud.Options.Clock.GetUtcNow().AddDays(RenewalDays)
            ? Issue(resource) : null;

    private CloudResource Issue(CloudResource resource)
    {
        var (chain, key) = resource.Inputs.TextOrNull("type") == LetsEncrypt
            ? New(resource.Inputs.Texts("domains"))
            : (resource.Inputs.Text("leafCertificate") + resource.Inputs.TextOrNull("certificateChain"),
                resource.Inputs.Text("privateKey"));
        using var certificate = X509Certificate2.CreateFromPem(chain);
        return resource
            .With("name", resource.CloudName)
            .With("notAfter", Issuer.Time(certificate.NotAfter.ToUniversalTime()))
            .With("sha1Fingerprint", certificate.Thumbprint.ToLowerInvariant())
            .With("state", "verified")
            .With("uuid", Guid.NewGuid().ToString()) with
        { Hidden = resource.Hidden.SetItem("chainPem", chain).SetItem("keyPem", key) };
    }

    private (string ChainPem, string KeyPem) New(IReadOnlyList<string> domains)
    {
        var now = cloud.Options.Clock.GetUtcNow();
        var authority = cloud.State.Account.Change(LocalAuthority.Root);
        var key = KeyPair.NewEcdsa("P256").PrivatePem;
        var request = Issuer.RequestPem(Subject(domains[0]), Issuer.Names(domains, [], []), key);
        return (Issuer.SignedPem(request, authority.CertificatePem, authority.KeyPem, new(s_uses, false, null, false, now, ValidityHours)),
            key);
    }

    private static X500DistinguishedName Subject(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        return name.Build();
    }

    private static ProviderException Refused(string words) =>
        ProviderException.Refused("Error creating Certificate", "POST", "certificates", 422, words);
}
