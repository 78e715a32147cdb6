namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/tag:Tag</c>.</summary>
public class Tag : CustomResource
{
    public Tag(string name, TagArgs? args = null, CustomResourceOptions? options = null)
        : base("digitalocean:index/tag:Tag", name, args ?? new TagArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Tag"/>.</summary>
public sealed class TagArgs : ResourceArgs
{
    [Input("name")] public Input<string>? Name { get; set; }
}
