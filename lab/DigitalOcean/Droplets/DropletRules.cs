using System.Text;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Keys;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.DigitalOcean.Storage;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>
/// What DigitalOcean refuses for a Droplet, with the known words of its API (issues of terraform-provider-digitalocean, doctl and godo; its
/// answers to GPU accounts, 2026-08).
/// </summary>
internal static partial class DropletRules
{
    /// <summary>Days of a weekly backup.</summary>
    public static readonly IReadOnlyList<string> Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>Hours at which the window of a backup can begin, UTC.</summary>
    public static readonly IReadOnlyList<int> BackupHours = [0, 4, 8, 12, 16, 20];

    // Specification 2.0, droplets_create: user_data, names.
    private const int LargestUserData = 65536;
    private const int MostNames = 10;

    private static readonly string[] s_partitions = ["PARTITION_MODE_SPX_NPS1", "PARTITION_MODE_DPX_NPS2"];
    private static readonly string[] s_plans = ["daily", "weekly"];

    /// <summary>The names of the Droplets to create.</summary>
    public static IReadOnlyList<string> Names(DropletRequest request)
    {
        var names = request.Names ?? [request.Name];
        if (names.Count is 0 or > MostNames)
        {
            throw ApiError.Unprocessable($"names must have between 1 and {MostNames} names");
        }
        return [.. names.Select(Name)];
    }

    public static string Name(string? name) => name is not null && HostName().IsMatch(name)
        ? name : throw ApiError.Unprocessable("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");

    public static CloudSize Size(AccountSettings settings, string? slug) => slug is not null && CloudSize.Find(settings, slug) is { } size
        ? size : throw ApiError.Unprocessable("You specified an invalid size for Droplet creation.");

    /// <summary>The region of a request: named, the first that begins with the name, or the first that has the size.</summary>
    /// <param name="asked">As in the request.</param>
    /// <param name="size">The size.</param>
    /// <param name="vpc">The VPC that the request names; null: none.</param>
    public static string Region(string? asked, CloudSize size, Vpc? vpc)
    {
        var wanted = asked is { Length: > 0 } ? asked.ToLowerInvariant() : vpc?.Region ?? "";
        var known = CloudRegion.Available.Contains(wanted) ? [wanted]
            : CloudRegion.Available.Where(region => region.StartsWith(wanted, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).ToList();
        if (known.Count == 0)
        {
            throw ApiError.Unprocessable("You specified an invalid region for Droplet creation.");
        }
        return known.FirstOrDefault(size.Regions.Contains) ?? throw ApiError.Unprocessable("Size is not available in this region.");
    }

    public static CloudImage Image(AccountState state, Identifier? image, string region, CloudSize size)
    {
        if (image is null || CloudImages.Find(state, image.Value) is not { Status: CloudImage.Available } found
            || (!found.IsPublic && !found.Regions.Contains(region) && PublicImages.Known(region).Length > 0))
        {
            throw ApiError.Unprocessable("You specified an invalid image for Droplet creation.");
        }
        return found.MinDiskSize > size.DiskGiB
            ? throw ApiError.Unprocessable("This size is not available because it has a smaller disk.") : found;
    }

    public static IReadOnlyList<SshKey> Keys(AccountState state, IReadOnlyList<Identifier?>? asked)
    {
        var found = (asked ?? []).Select(key => (Asked: key?.Value, Key: key is null ? null : SshKeys.Find(state, key.Value))).ToList();
        var unknown = found.Where(key => key.Key is null).Select(key => key.Asked).ToList();
        return unknown.Count > 0
            ? throw ApiError.Unprocessable($"{string.Join(", ", unknown)} are invalid key identifiers for Droplet creation.")
            : [.. found.Select(key => key.Key!).Distinct()];
    }

    public static string UserData(string? data) => Encoding.UTF8.GetByteCount(data ?? "") <= LargestUserData
        ? data ?? "" : throw ApiError.Unprocessable("User data is too large: it may be no more than 64 KiB.");

    /// <summary>
    /// The VPC that a request names; null: the default one. What is no UUID is answered 404 (python-digitalocean #264, 2021); the words of
    /// an unknown one are those of 2019 (droplet_kit #182).
    /// </summary>
    public static Vpc? Vpc(AccountState state, string? id) => id is not { Length: > 0 } ? null
        : !Guid.TryParseExact(id, "D", out _) ? throw ApiError.NotFound()
        : state.Find<Vpc>(id.ToLowerInvariant())
            ?? throw ApiError.Unprocessable("You specified invalid VPC parameters for Droplet creation.");

    /// <summary>How a GPU is divided. godo 3fce660 has the values; the words of the refusal are the lab's.</summary>
    public static void PartitionMode(string? mode)
    {
        if (mode is { Length: > 0 } && !s_partitions.Contains(mode))
        {
            throw ApiError.Unprocessable($"gpu_partition_mode must be one of {string.Join(", ", s_partitions)}");
        }
    }

    public static IReadOnlyList<IBlockVolume> Volumes(AccountState state, IReadOnlyList<VolumeReference?>? asked, string region)
    {
        var volumes = new List<IBlockVolume>();
        foreach (var reference in asked ?? [])
        {
            var volume = state.AllOf<IBlockVolume>().FirstOrDefault(one =>
                reference?.Id is { } id ? one.Key == id : one.Name == reference?.Name && one.Region == region)
                ?? throw ApiError.Unprocessable($"volume {reference?.Id ?? reference?.Name} not found");
            if (volume.Region != region)
            {
                throw ApiError.Unprocessable("The volume and the Droplet must be in the same region.");
            }
            if (volume.DropletId is not null || volumes.Contains(volume))
            {
                throw ApiError.Unprocessable("Storage will already be attached to another Droplet.");
            }
            volumes.Add(volume);
        }
        return volumes;
    }

    public static BackupPolicy? Backups(bool asked, BackupPolicy? policy)
    {
        if (policy is { Weekday: "" })
        {
            // A daily policy of the provider.
            policy = policy with { Weekday = null };
        }
        if (policy is not null && ((policy.Plan is { } plan && !s_plans.Contains(plan))
            || (policy.Weekday is { } day && !Weekdays.Contains(day))
            || (policy.Hour is { } hour && !BackupHours.Contains(hour))))
        {
            throw ApiError.Unprocessable("invalid backup policy: plan must be daily or weekly, hour one of 0, 4, 8, 12, 16, 20");
        }
        return asked ? policy ?? new BackupPolicy("daily", null, 0) : null;
    }

    /// <summary>The limits of the account, with this many more Droplets of a size.</summary>
    public static void Limits(AccountChange change, int more, CloudSize size)
    {
        var droplets = change.All<Droplet>();
        if (size.Gpu is { } gpu)
        {
            var used = droplets.Sum(droplet => CloudSize.Find(change.Settings, droplet.Size)?.Gpu?.Count ?? 0);
            if (used + (more * gpu.Count) > change.Settings.GpuLimit)
            {
                throw ApiError.Unprocessable("creating this/these droplet(s) will exceed your GPU limit");
            }
        }
        if (droplets.Count + more > change.Settings.DropletLimit)
        {
            throw ApiError.Unprocessable("creating this/these droplet(s) will exceed your droplet limit");
        }
    }

    [GeneratedRegex(@"^(?=.{1,255}\z)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\z")]
    private static partial Regex HostName();
}
