namespace Pulumi.DigitalOcean.Inputs;

/// <summary>Argument <c>DropletBackupPolicy</c>.</summary>
public sealed class DropletBackupPolicyArgs : ResourceArgs
{
    [Input("plan")] public Input<string>? Plan { get; set; }
}
