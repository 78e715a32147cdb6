namespace Pulumi.Tls.Inputs;

/// <summary>Argument <c>CertRequestSubject</c>.</summary>
public sealed class CertRequestSubjectArgs : ResourceArgs
{
    [Input("commonName")] public Input<string>? CommonName { get; set; }
    [Input("organization")] public Input<string>? Organization { get; set; }
}
