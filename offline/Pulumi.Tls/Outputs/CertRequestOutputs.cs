using System.Collections.Immutable;

namespace Pulumi.Tls.Outputs;

/// <summary>Output <c>CertRequestSubject</c>.</summary>
[OutputType]
public sealed class CertRequestSubject
{
    public readonly string? CommonName;

    private CertRequestSubject() { }
}
