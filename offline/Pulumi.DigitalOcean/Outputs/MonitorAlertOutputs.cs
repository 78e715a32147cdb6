using System.Collections.Immutable;

namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>MonitorAlertAlerts</c>.</summary>
[OutputType]
public sealed class MonitorAlertAlerts
{
    public readonly ImmutableArray<string> Emails;
    public readonly ImmutableArray<MonitorAlertAlertsSlack> Slacks;

    internal MonitorAlertAlerts(ImmutableArray<string> emails, ImmutableArray<MonitorAlertAlertsSlack> slacks)
    {
        Emails = emails;
        Slacks = slacks;
    }
}

/// <summary>Output <c>MonitorAlertAlertsSlack</c>.</summary>
[OutputType]
public sealed class MonitorAlertAlertsSlack
{
    public readonly string Channel;
    public readonly string Url;

    internal MonitorAlertAlertsSlack(string channel, string url)
    {
        Channel = channel;
        Url = url;
    }
}
