namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/certificate:Certificate</c>.</summary>
public class Certificate : CustomResource
{
    public Certificate(string name, CertificateArgs? args = null, CustomResourceOptions? options = null)
        : base(
            "digitalocean:index/certificate:Certificate", name, args ?? new CertificateArgs(),
            ProviderDefaults.AddTo(options, "privateKey"))
    {
    }

    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Certificate"/>.</summary>
public sealed class CertificateArgs : ResourceArgs
{
    [field: Input("domains")] public InputList<string> Domains { get => field ??= []; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [field: Input("privateKey")] public Input<string>? PrivateKey { get; set => field = ProviderDefaults.Secret(value); }
    [Input("type")] public InputUnion<string, CertificateType>? Type { get; set; }
}
