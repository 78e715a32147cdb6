namespace Pulumi.Tls;

/// <summary>Resource <c>tls:index/privateKey:PrivateKey</c>.</summary>
public class PrivateKey : CustomResource
{
    public PrivateKey(string name, PrivateKeyArgs args, CustomResourceOptions? options = null)
        : base(
            "tls:index/privateKey:PrivateKey", name, args ?? new PrivateKeyArgs(),
            ProviderDefaults.AddTo(options, "privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"))
    {
    }

    [Output("algorithm")] public Output<string> Algorithm { get; private set; } = null!;
    [Output("privateKeyOpenssh")] public Output<string> PrivateKeyOpenssh { get; private set; } = null!;
    [Output("privateKeyPem")] public Output<string> PrivateKeyPem { get; private set; } = null!;
    [Output("publicKeyOpenssh")] public Output<string> PublicKeyOpenssh { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="PrivateKey"/>.</summary>
public sealed class PrivateKeyArgs : ResourceArgs
{
    [Input("algorithm", required: true)] public Input<string> Algorithm { get; set; } = null!;
    [Input("ecdsaCurve")] public Input<string>? EcdsaCurve { get; set; }
}
