using System.Collections.Immutable;

namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/uptimeCheck:UptimeCheck</c>.</summary>
public class UptimeCheck : CustomResource
{
    public UptimeCheck(string name, UptimeCheckArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/uptimeCheck:UptimeCheck", name, args ?? new UptimeCheckArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("enabled")]
    public Output<bool?> Enabled { get; private set; } = null!;

    [Output("name")]
    public Output<string> Name { get; private set; } = null!;

    [Output("regions")]
    public Output<ImmutableArray<string>> Regions { get; private set; } = null!;

    [Output("target")]
    public Output<string> Target { get; private set; } = null!;

    [Output("type")]
    public Output<string?> Type { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="UptimeCheck"/>.</summary>
public sealed class UptimeCheckArgs : ResourceArgs
{
    [Input("enabled")]
    public Input<bool>? Enabled { get; set; }

    [Input("name")]
    public Input<string>? Name { get; set; }

    [field: Input("regions")]
    public InputList<string> Regions { get => field ??= []; set; }

    [Input("target", required: true)]
    public Input<string> Target { get; set; } = null!;

    [Input("type")]
    public Input<string>? Type { get; set; }
}
