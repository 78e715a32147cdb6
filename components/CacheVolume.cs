using System.Globalization;
using Pulumi;
using Pulumi.Command.Remote;
using Pulumi.DigitalOcean;

namespace Infra.Components;

/// <summary>The Volume that keeps a node's weights when its Droplet goes.</summary>
internal static class CacheVolume
{
    /// <summary>Null where the node has none.</summary>
    public static Volume? Of(string name, GpuNodeArgs args, Resource parent) =>
        args is { CacheVolumeName: { } volumeName, CacheVolumeGiB: { } size } ? new Volume($"{name}-weights", new()
    {
        Name = volumeName,
        Region = args.Region,
        Size = size,
        InitialFilesystemType = "ext4",
        Description = "Model weights, fetched again when lost",
    }, new()
    {
        Parent = parent,
        // A stack that was renamed stops before it asks for a Volume of another name.
        DependsOn = args.After.ToArray(),
        // Description and file system force a new one of the same name, which the region has once.
        DeleteBeforeReplace = true,
    }) : null;

    /// <summary>
    /// The device grows in place, and the file system on it only when it is told. A new Droplet mounts a Volume that has its size already,
    /// and there is nothing to do then.
    /// </summary>
    public static void Grow(string name, Volume? volume, NodeConnection connection, Output<string> dropletId, Command adopted, Command authorized, Resource parent)
    {
        if (volume is null)
        {
            return;
        }
        var grow = NodeCommand.Quiet(connection, NodeCommand.Script("grow-storage"), volume.Size.Apply(size => size.ToString(CultureInfo.InvariantCulture)));
        grow.Triggers = NodeCommand.Triggers(dropletId);
        _ = new Command($"{name}-volume-size", grow, new() { Parent = parent, DependsOn = new Resource[] { adopted, authorized } });
    }
}
