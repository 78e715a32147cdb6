namespace Pulumi.DigitalOcean.Inputs;

/// <summary>Argument <c>MonitorAlertAlerts</c>.</summary>
public sealed class MonitorAlertAlertsArgs : ResourceArgs
{
    [field: Input("emails")]
    public InputList<string> Emails { get => field ??= []; set; }

    [field: Input("slacks")]
    public InputList<MonitorAlertAlertsSlackArgs> Slacks { get => field ??= []; set; }
}

/// <summary>Argument <c>MonitorAlertAlertsSlack</c>.</summary>
public sealed class MonitorAlertAlertsSlackArgs : ResourceArgs
{
    [Input("channel", required: true)]
    public Input<string> Channel { get; set; } = null!;

    [Input("url", required: true)]
    public Input<string> Url { get; set; } = null!;
}
