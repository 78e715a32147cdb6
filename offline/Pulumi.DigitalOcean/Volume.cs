namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/volume:Volume</c>.</summary>
public class Volume : CustomResource
{
    public Volume(string name, VolumeArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/volume:Volume", name, args ?? new VolumeArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("size")] public Output<int> Size { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Volume"/>.</summary>
public sealed class VolumeArgs : ResourceArgs
{
    [Input("description")] public Input<string>? Description { get; set; }
    [Input("initialFilesystemType")] public InputUnion<string, FileSystemType>? InitialFilesystemType { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("region", required: true)] public InputUnion<string, Region> Region { get; set; } = null!;
    [Input("size", required: true)] public Input<int> Size { get; set; } = null!;
    [Input("snapshotId")] public Input<string>? SnapshotId { get; set; }
    [field: Input("tags")] public InputList<string> Tags { get => field ??= []; set; }
}
