namespace Pulumi.Tls.Inputs;

/// <summary>Argument <c>SelfSignedCertSubject</c>.</summary>
public sealed class SelfSignedCertSubjectArgs : ResourceArgs
{
    [Input("commonName")] public Input<string>? CommonName { get; set; }
    [Input("organization")] public Input<string>? Organization { get; set; }
}
