using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>
/// What DigitalOcean rejects for a Droplet, with the known messages of its API (issues of terraform-provider-digitalocean, doctl and godo;
/// its responses to GPU accounts, 2026-08).
/// </summary>
internal sealed partial class DropletRules(CloudContext cloud)
{
    private const int LargestUserData = 65536;

    public void Check(CloudResource droplet)
    {
        var inputs = droplet.Inputs;
        if (!HostName().IsMatch(droplet.CloudName))
        {
            throw Refused("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");
        }
        Tags.CheckNames(inputs.Texts("tags"));
        CheckImage(inputs.Text("image"));
        CheckSize(inputs.Text("size").ToLowerInvariant(), inputs.TextOrNull("region")?.ToLowerInvariant());
        if (Encoding.UTF8.GetByteCount(inputs.TextOrNull("userData") ?? "") > LargestUserData)
        {
            throw Refused("User data is too large: it may be no more than 64 KiB.");
        }
        var keys = cloud.All(Types.SshKey).SelectMany(key => new[] { key.Id, key.Outputs.TextOrNull("fingerprint") }).ToHashSet();
        if (inputs.Texts("sshKeys").Where(key => !keys.Contains(key)).ToList() is { Count: > 0 } unknown)
        {
            throw Refused($"{string.Join(", ", unknown)} are invalid key identifiers for Droplet creation.");
        }
        CheckNetwork(inputs);
        CheckVolumes(droplet);
        CheckLimits(inputs.Text("size").ToLowerInvariant());
    }

    /// <summary>The Volumes of the Droplet, which must exist, be in its region and not be attached.</summary>
    public void CheckVolumes(CloudResource droplet)
    {
        foreach (var id in droplet.Inputs.Texts("volumeIds"))
        {
            var volume = cloud.All(Types.Volume).FirstOrDefault(volume => volume.Id == id) ?? throw Refused($"volume {id} not found");
            if (volume.Inputs.Text("region") != droplet.Inputs.TextOrNull("region"))
            {
                throw Refused("The volume and the Droplet must be in the same region.");
            }
            if (cloud.All(Types.Droplet).Any(other => other.Order != droplet.Order && other.Inputs.Texts("volumeIds").Contains(id)))
            {
                throw Refused("Storage will already be attached to another Droplet.");
            }
        }
    }

    private void CheckImage(string image)
    {
        if (!cloud.Catalog.Images.ContainsKey(image) && !image.All(char.IsAsciiDigit))
        {
            throw Refused("You specified an invalid image for Droplet creation.");
        }
    }

    private void CheckSize(string size, string? region)
    {
        if (!cloud.Catalog.Sizes.TryGetValue(size, out var known))
        {
            throw Refused("You specified an invalid size for Droplet creation.");
        }
        if (region is null || !cloud.Catalog.Sizes.Values.Any(other => other.Regions.Contains(region)))
        {
            throw Refused("You specified an invalid region for Droplet creation.");
        }
        if (!known.Regions.Contains(region))
        {
            throw Refused("Size is not available in this region.");
        }
    }

    private void CheckNetwork(PropertyMap inputs)
    {
        if (inputs.TextOrNull("vpcUuid") is not { } id)
        {
            throw new ProviderException("the local cloud has no default VPC: a Droplet must name its own (vpcUuid)");
        }
        var vpc = cloud.All(Types.Vpc).FirstOrDefault(vpc => vpc.Id == id) ?? throw Refused($"VPC {id} not found");
        if (vpc.Inputs.Text("region") != inputs.TextOrNull("region"))
        {
            throw Refused("The VPC and the Droplet must be in the same region.");
        }
    }

    private void CheckLimits(string size)
    {
        var droplets = cloud.All(Types.Droplet).ToList();
        var gpus = droplets.Append(null).Sum(droplet => Gpus(droplet?.Inputs.Text("size").ToLowerInvariant() ?? size));
        if (gpus > cloud.Options.GpuLimit)
        {
            throw Refused("creating this/these droplet(s) will exceed your GPU limit");
        }
        if (droplets.Count >= cloud.Options.DropletLimit)
        {
            throw Refused("creating this/these droplet(s) will exceed your droplet limit");
        }
    }

    private int Gpus(string size) => cloud.Catalog.Sizes.TryGetValue(size, out var known) ? known.GpuCount : 0;

    private static ProviderException Refused(string words) =>
        ProviderException.Refused("Error creating droplet", "POST", "droplets", 422, words);

    /// <summary>The provider's error when a GPU Droplet gets another size.</summary>
    public static ProviderException NoResize(CloudResource droplet) => ProviderException.Refused(
        string.Create(CultureInfo.InvariantCulture, $"Error resizing droplet ({droplet.Id})"), "POST", $"droplets/{droplet.Id}/actions",
        422, "GPU Droplets cannot be resized.");

    [GeneratedRegex(@"^(?=.{1,255}\z)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\z")]
    private static partial Regex HostName();
}
