using System.Collections.Immutable;

namespace Pulumi.Tls.Outputs;

/// <summary>Output <c>SelfSignedCertSubject</c>.</summary>
[OutputType]
public sealed class SelfSignedCertSubject
{
    public readonly string? CommonName;

    private SelfSignedCertSubject() { }
}
