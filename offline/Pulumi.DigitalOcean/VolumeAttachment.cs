namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/volumeAttachment:VolumeAttachment</c>.</summary>
public class VolumeAttachment : CustomResource
{
    public VolumeAttachment(string name, VolumeAttachmentArgs args, CustomResourceOptions? options = null)
        : base(
            "digitalocean:index/volumeAttachment:VolumeAttachment", name, args ?? new VolumeAttachmentArgs(),
            ProviderDefaults.AddTo(options))
    {
    }

    [Output("dropletId")]
    public Output<int> DropletId { get; private set; } = null!;

    [Output("volumeId")]
    public Output<string> VolumeId { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="VolumeAttachment"/>.</summary>
public sealed class VolumeAttachmentArgs : ResourceArgs
{
    [Input("dropletId", required: true)]
    public Input<int> DropletId { get; set; } = null!;

    [Input("volumeId", required: true)]
    public Input<string> VolumeId { get; set; } = null!;
}
