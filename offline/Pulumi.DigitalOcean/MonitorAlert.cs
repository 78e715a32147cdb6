using System.Collections.Immutable;

namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/monitorAlert:MonitorAlert</c>.</summary>
public class MonitorAlert : CustomResource
{
    public MonitorAlert(string name, MonitorAlertArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/monitorAlert:MonitorAlert", name, args ?? new MonitorAlertArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("alerts")]
    public Output<Outputs.MonitorAlertAlerts> Alerts { get; private set; } = null!;

    [Output("compare")]
    public Output<string> Compare { get; private set; } = null!;

    [Output("description")]
    public Output<string> Description { get; private set; } = null!;

    [Output("enabled")]
    public Output<bool?> Enabled { get; private set; } = null!;

    [Output("entities")]
    public Output<ImmutableArray<string>> Entities { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableArray<string>> Tags { get; private set; } = null!;

    [Output("type")]
    public Output<string> Type { get; private set; } = null!;

    [Output("uuid")]
    public Output<string> Uuid { get; private set; } = null!;

    [Output("value")]
    public Output<double> Value { get; private set; } = null!;

    [Output("window")]
    public Output<string> Window { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="MonitorAlert"/>.</summary>
public sealed class MonitorAlertArgs : ResourceArgs
{
    [Input("alerts", required: true)]
    public Input<Inputs.MonitorAlertAlertsArgs> Alerts { get; set; } = null!;

    [Input("compare", required: true)]
    public Input<string> Compare { get; set; } = null!;

    [Input("description", required: true)]
    public Input<string> Description { get; set; } = null!;

    [Input("enabled")]
    public Input<bool>? Enabled { get; set; }

    [field: Input("entities")]
    public InputList<string> Entities { get => field ??= []; set; }

    [field: Input("tags")]
    public InputList<string> Tags { get => field ??= []; set; }

    [Input("type", required: true)]
    public Input<string> Type { get; set; } = null!;

    [Input("value", required: true)]
    public Input<double> Value { get; set; } = null!;

    [Input("window", required: true)]
    public Input<string> Window { get; set; } = null!;
}
