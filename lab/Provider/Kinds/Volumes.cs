using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Block devices that outlive their Droplets.</summary>
internal sealed partial class Volumes(CloudContext cloud) : DigitalOceanKind
{
    private const int LargestGiB = 16 * 1024;

    public override string Type => Types.Volume;

    public override bool ReplacedBy(string input) =>
        input is "description" or "initialFilesystemLabel" or "initialFilesystemType" or "name" or "region" or "snapshotId";

    public static VolumeSpec Spec(CloudResource volume) => new(
        volume.Id!,
        volume.CloudName,
        volume.Inputs.Number("size"),
        volume.Inputs.TextOrNull("initialFilesystemType") ?? volume.Inputs.TextOrNull("filesystemType"),
        volume.Inputs.TextOrNull("initialFilesystemLabel"));

    public override void Check(CloudResource? before, CloudResource after)
    {
        var size = after.Inputs.Number("size");
        if (size < 1)
        {
            throw new ProviderException(string.Create(CultureInfo.InvariantCulture, $"expected size to be at least (1), got {size}"));
        }
        if (before is not null && size < before.Inputs.Number("size"))
        {
            throw new ProviderException("volumes `size` can only be expanded and not shrunk");
        }
        if (after.Inputs.TextOrNull("initialFilesystemType") is { } kind and not ("ext4" or "xfs"))
        {
            throw new ProviderException($"expected initial_filesystem_type to be one of [\"ext4\" \"xfs\"], got {kind}");
        }
        Tags.CheckNames(after.Inputs.Texts("tags"));
        if (size > LargestGiB)
        {
            throw Refused(422, "size must be no more than 16384 GiB");
        }
        if (!VolumeName().IsMatch(after.CloudName))
        {
            throw Refused(422,
                "name must start with a lower-case letter and hold lower-case letters, digits and hyphens alone, 64 at most");
        }
        if (cloud.All(Type).Any(other => other.Order != after.Order && other.CloudName == after.CloudName
            && other.Inputs.Text("region") == after.Inputs.Text("region")))
        {
            throw Refused(409, "already exists");
        }
    }

    public override async Task<CloudResource> CreateAsync(CloudResource resource)
    {
        await cloud.Runtime.CreateVolumeAsync(Spec(resource), cloud.Cancel);
        return resource.With("volumeUrn", $"do:volume:{resource.Id}");
    }

    public override async Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after)
    {
        await cloud.Runtime.CreateVolumeAsync(Spec(after), cloud.Cancel);
        return after;
    }

    public override Task DeleteAsync(CloudResource resource) =>
        cloud.All(Types.Droplet).FirstOrDefault(droplet => droplet.Inputs.Texts("volumeIds").Contains(resource.Id)
            && DropletFacts.IsUp(droplet, cloud.Runtime)) is { } holder
            // Not the API's text, but its status.
            ? throw ProviderException.Refused("Error deleting volume", "DELETE", $"volumes/{resource.Id}", 409,
                $"the Volume is attached to Droplet {holder.Id}")
            : cloud.Runtime.DeleteVolumeAsync(resource.Id!, cloud.Cancel);

    private static ProviderException Refused(int status, string words) =>
        ProviderException.Refused("Error creating Volume", "POST", "volumes", status, words);

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,63}\z")]
    private static partial Regex VolumeName();
}
