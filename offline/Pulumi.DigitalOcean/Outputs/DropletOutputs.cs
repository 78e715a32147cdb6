namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>DropletBackupPolicy</c>.</summary>
[OutputType]
public sealed class DropletBackupPolicy
{
    public readonly int? Hour;
    public readonly string? Plan;
    public readonly string? Weekday;

    private DropletBackupPolicy() { }
}
