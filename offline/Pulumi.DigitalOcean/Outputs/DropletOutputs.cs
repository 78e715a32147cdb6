namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>DropletBackupPolicy</c>.</summary>
[OutputType]
public sealed class DropletBackupPolicy
{
    public readonly int? Hour;
    public readonly string? Plan;
    public readonly string? Weekday;

    internal DropletBackupPolicy(int? hour, string? plan, string? weekday)
    {
        Hour = hour;
        Plan = plan;
        Weekday = weekday;
    }
}
