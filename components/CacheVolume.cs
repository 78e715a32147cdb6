using System.Globalization;
using Pulumi;
using Pulumi.Command.Remote;
using Pulumi.DigitalOcean;

namespace Infra.Components;

/// <summary>The Volume that keeps a node's weights when its Droplet is deleted.</summary>
internal static class CacheVolume
{
    /// <summary>Null if the node has none.</summary>
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
            // A renamed stack stops before it declares a Volume of another name.
            DependsOn = args.After.ToArray(),
            // A change of description or file system would replace the Volume, whose name is unique in the region.
            DeleteBeforeReplace = true,
        }) : null;

    /// <summary>
    /// The device grows in place; its file system needs a command. A new Droplet mounts the Volume with its current size and needs none.
    /// </summary>
    public static void Grow(string name, Volume? volume, NodeConnection connection, Output<string> dropletId, Command installed,
        Command authorized, Resource parent)
    {
        if (volume is null)
        {
            return;
        }
        var grow = NodeCommand.Quiet(connection, NodeCommand.Script("grow-storage"),
            volume.Size.Apply(size => size.ToString(CultureInfo.InvariantCulture)));
        grow.Triggers = NodeCommand.Triggers(dropletId);
        _ = new Command($"{name}-volume-size", grow, new() { Parent = parent, DependsOn = new Resource[] { installed, authorized } });
    }
}
