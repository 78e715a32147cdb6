using System.Collections.Immutable;

namespace Pulumi.Tls.Outputs;

/// <summary>Output <c>SelfSignedCertSubject</c>.</summary>
[OutputType]
public sealed class SelfSignedCertSubject
{
    public readonly string? CommonName;
    public readonly string? Country;
    public readonly string? EmailAddress;
    public readonly string? Locality;
    public readonly string? Organization;
    public readonly string? OrganizationalUnit;
    public readonly string? PostalCode;
    public readonly string? Province;
    public readonly string? SerialNumber;
    public readonly ImmutableArray<string> StreetAddresses;

    private SelfSignedCertSubject() { }
}
