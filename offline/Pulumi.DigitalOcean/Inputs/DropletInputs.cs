namespace Pulumi.DigitalOcean.Inputs;

/// <summary>Argument <c>DropletBackupPolicy</c>.</summary>
public sealed class DropletBackupPolicyArgs : ResourceArgs
{
    [Input("hour")] public Input<int>? Hour { get; set; }
    [Input("plan")] public Input<string>? Plan { get; set; }
    [Input("weekday")] public Input<string>? Weekday { get; set; }
}
