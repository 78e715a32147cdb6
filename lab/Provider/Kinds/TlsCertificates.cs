using System.Globalization;
using System.Security.Cryptography;
using Infra.Lab.Provider.Keys;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Certificate requests of pulumi-tls.</summary>
internal sealed class CertRequests : ResourceKind
{
    public override string Type => Types.CertRequest;

    public override bool IsPure => true;

    public override bool ReplacedBy(string input) => true;

    public override Task<CloudResource> CreateAsync(CloudResource resource)
    {
        using var key = PemKey.Read(resource.Inputs.Text("privateKeyPem"));
        return Task.FromResult(resource
            .With("certRequestPem",
                Issuer.RequestPem(TlsSubject.Of(resource.Inputs), TlsSubject.Names(resource.Inputs), resource.Inputs.Text("privateKeyPem")))
            .With("keyAlgorithm", key.Algorithm));
    }
}

/// <summary>Certificates of pulumi-tls: any change replaces them, and so does the renewal time.</summary>
internal abstract class TlsCertificates(CloudContext cloud) : ResourceKind
{
    private const string EarlyRenewal = "earlyRenewalHours";

    public override bool IsPure => true;

    public override bool ReplacedBy(string input) => input != EarlyRenewal;

    protected override object? Default(string input) => input switch
    {
        EarlyRenewal => 0.0,
        "isCaCertificate" or "setAuthorityKeyId" or "setSubjectKeyId" => false,
        _ => null,
    };

    // A removed path length is kept.
    public override bool Same(string input, object? before, object? after) =>
        (input == "maxPathLength" && after is null) || base.Same(input, before, after);

    public override bool IsDue(CloudResource resource, PropertyMap inputs) =>
        DateTimeOffset.TryParse(resource.Outputs.TextOrNull("validityEndTime"), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var end)
        && cloud.State.Account.Clock.GetUtcNow() >= end.AddHours(-inputs.Number(EarlyRenewal));

    public override void Check(CloudResource? before, CloudResource after)
    {
        var checks = InputChecks.Of(after);
        var allowed = Issuer.Uses.Order(StringComparer.Ordinal).ToList();
        foreach (var (index, use) in after.Inputs.Texts("allowedUses").Index())
        {
            checks.Match(use, string.Create(CultureInfo.InvariantCulture, $"allowedUses[{index}]"), allowed);
        }
        checks.LeastValue("validityPeriodHours", 0);
        checks.LeastValue(EarlyRenewal, 0);
    }

    public override CloudResource Reserve(CloudResource resource) =>
        resource with
        {
            Id = new System.Numerics.BigInteger(RandomNumberGenerator.GetBytes(16), isUnsigned: true)
                .ToString(CultureInfo.InvariantCulture),
        };

    public override Task<CloudResource> CreateAsync(CloudResource resource)
    {
        var inputs = resource.Inputs;
        var terms = new CertificateTerms(
            inputs.Texts("allowedUses"),
            inputs.Flag("isCaCertificate"),
            inputs.ContainsKey("maxPathLength") ? inputs.Number("maxPathLength") : null,
            inputs.Flag("setSubjectKeyId"),
            cloud.State.Account.Clock.GetUtcNow(),
            inputs.Number("validityPeriodHours"));
        return Task.FromResult(Issue(resource, terms)
            .With("validityStartTime", Issuer.Time(terms.NotBefore))
            .With("validityEndTime", Issuer.Time(terms.NotAfter))
            .With("readyForRenewal", false));
    }

    protected abstract CloudResource Issue(CloudResource resource, CertificateTerms terms);
}

internal sealed class SelfSignedCerts(CloudContext cloud) : TlsCertificates(cloud)
{
    public override string Type => Types.SelfSignedCert;

    protected override CloudResource Issue(CloudResource resource, CertificateTerms terms)
    {
        var inputs = resource.Inputs;
        using var key = PemKey.Read(inputs.Text("privateKeyPem"));
        return resource
            .With("certPem", Issuer.SelfSignedPem(TlsSubject.Of(inputs), TlsSubject.Names(inputs), inputs.Text("privateKeyPem"), terms))
            .With("keyAlgorithm", key.Algorithm);
    }
}

internal sealed class LocallySignedCerts(CloudContext cloud) : TlsCertificates(cloud)
{
    public override string Type => Types.LocallySignedCert;

    protected override CloudResource Issue(CloudResource resource, CertificateTerms terms)
    {
        var inputs = resource.Inputs;
        using var key = PemKey.Read(inputs.Text("caPrivateKeyPem"));
        return resource
            .With("certPem",
                Issuer.SignedPem(inputs.Text("certRequestPem"), inputs.Text("caCertPem"), inputs.Text("caPrivateKeyPem"), terms))
            .With("caKeyAlgorithm", key.Algorithm);
    }
}
