namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/tag:Tag</c>.</summary>
public class Tag : CustomResource
{
    public Tag(string name, TagArgs? args = null, CustomResourceOptions? options = null)
        : base("digitalocean:index/tag:Tag", name, args ?? new TagArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("databasesCount")] public Output<int> DatabasesCount { get; private set; } = null!;
    [Output("dropletsCount")] public Output<int> DropletsCount { get; private set; } = null!;
    [Output("imagesCount")] public Output<int> ImagesCount { get; private set; } = null!;
    [Output("name")] public Output<string> Name { get; private set; } = null!;
    [Output("totalResourceCount")] public Output<int> TotalResourceCount { get; private set; } = null!;
    [Output("volumeSnapshotsCount")] public Output<int> VolumeSnapshotsCount { get; private set; } = null!;
    [Output("volumesCount")] public Output<int> VolumesCount { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Tag"/>.</summary>
public sealed class TagArgs : ResourceArgs
{
    [Input("name")] public Input<string>? Name { get; set; }
}
