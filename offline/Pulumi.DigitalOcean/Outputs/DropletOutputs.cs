namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>DropletBackupPolicy</c>.</summary>
[OutputType]
public sealed class DropletBackupPolicy
{
    public readonly string? Plan;

    private DropletBackupPolicy() { }
}
