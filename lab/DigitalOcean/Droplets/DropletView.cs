using System.Globalization;
using System.Runtime.CompilerServices;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.DigitalOcean.Storage;
using Infra.Planning.Config;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>Droplets as the API shows them.</summary>
/// <param name="state">The records.</param>
/// <param name="settings">What the account may have.</param>
internal sealed class DropletView(AccountState state, AccountSettings settings)
{
    /// <summary>The gateway of the lab's public network.</summary>
    private const string Gateway = "198.51.100.1";
    private const string PublicMask = "255.255.255.0";
    private const int AddressBits = 32;

    /// <summary>Prefix of the addresses that stand in for IPv6, from the range for documentation (RFC 3849).</summary>
    private const string Ipv6Prefix = "2001:db8:0:1::";
    private const int Ipv6Bits = 64;

    /// <summary>Droplets without Volumes and snapshots: theirs are the same until the record itself or that of their VPC changes.</summary>
    private static readonly ConditionalWeakTable<Droplet, Rendered> s_rendered = [];

    private readonly ILookup<long?, IBlockVolume> _volumes = state.AllOf<IBlockVolume>().ToLookup(volume => volume.DropletId);
    private readonly ILookup<long?, CloudImage> _snapshots = state.All<CloudImage>().ToLookup(image => image.DropletId);
    private readonly Dictionary<string, object> _regions = new(StringComparer.Ordinal);

    /// <summary>For answers that only show it.</summary>
    public object Json(Droplet droplet)
    {
        if (_volumes.Contains(droplet.Id) || _snapshots.Contains(droplet.Id))
        {
            return Of(droplet);
        }
        var vpc = droplet.VpcId is { } id ? state.Find<Vpc>(id) : null;
        if (!s_rendered.TryGetValue(droplet, out var rendered) || rendered.Vpc != vpc)
        {
            s_rendered.AddOrUpdate(droplet, rendered = new(vpc, JsonFragment.Of(Of(droplet))));
        }
        return rendered.Fragment;
    }

    public Dictionary<string, object?> Of(Droplet droplet)
    {
        var size = CloudSize.Find(settings, droplet.Size)!;
        if (!_regions.TryGetValue(droplet.Region, out var region))
        {
            _regions[droplet.Region] = region = CloudRegion.View(settings, droplet.Region);
        }
        var view = new Dictionary<string, object?>
        {
            ["id"] = droplet.Id,
            ["name"] = droplet.Name,
            ["memory"] = size.MemoryMiB,
            ["vcpus"] = size.Vcpus,
            ["disk"] = droplet.DiskGiB,
            ["disk_info"] = size.Disks(droplet.DiskGiB),
            ["locked"] = droplet.IsDeleting || droplet.Pending is { Type: not DropletActions.Create },
            ["status"] = droplet.Status,
            ["kernel"] = null,
            ["created_at"] = droplet.CreatedAt,
            ["features"] = Features(droplet).ToList(),
            ["backup_ids"] = Array.Empty<long>(),
            ["next_backup_window"] = BackupWindow(droplet),
            ["snapshot_ids"] = _snapshots[droplet.Id].Select(image => image.Id).ToList(),
            ["image"] = droplet.Image.View(),
            ["volume_ids"] = _volumes[droplet.Id].Select(volume => volume.Key).ToList(),
            ["size"] = size.View(),
            ["size_slug"] = size.Slug,
            ["networks"] = Networks(droplet),
            ["region"] = region,
            ["tags"] = droplet.Tags,
            ["vpc_uuid"] = droplet.VpcId,
        };
        if (size.Gpu is { } gpu)
        {
            view["gpu_info"] = gpu.View();
        }
        return view;
    }

    private static IEnumerable<string> Features(Droplet droplet)
    {
        if (droplet.Backups is not null)
        {
            yield return "backups";
        }
        if (droplet.HasIpv6)
        {
            yield return "ipv6";
        }
        if (droplet.HasMonitoring)
        {
            yield return "monitoring";
        }
        if (droplet.HasAgent)
        {
            yield return "droplet_agent";
        }
        yield return "private_networking";
    }

    /// <summary>The next window that has not begun: a weekly one on its day, a daily one tomorrow.</summary>
    public static object? BackupWindow(Droplet droplet)
    {
        if (droplet.Backups is not { } policy)
        {
            return null;
        }
        var start = new DateTimeOffset(droplet.CreatedAt.UtcDateTime.Date, TimeSpan.Zero).AddDays(1).AddHours(policy.Hour ?? 0);
        while (policy is { Plan: "weekly", Weekday: { } day }
            && !start.DayOfWeek.ToString().StartsWith(day, StringComparison.OrdinalIgnoreCase))
        {
            start = start.AddDays(1);
        }
        return new { Start = start, End = start.AddHours(4) };
    }

    private object Networks(Droplet droplet)
    {
        if (droplet.PublicAddress is not { } address || state.Find<Vpc>(droplet.VpcId!) is not { } vpc)
        {
            return new { V4 = Array.Empty<object>(), V6 = Array.Empty<object>() };
        }
        var v4 = new List<object>
        {
            // "nil": specification 2.0, network_v4.
            new { IpAddress = droplet.VpcAddress, Netmask = Mask(Cidr.Parse(vpc.IpRange).PrefixLength), Gateway = "nil", Type = "private" },
        };
        if (droplet.HasPublicNetworking)
        {
            v4.Add(new { IpAddress = address, Netmask = PublicMask, Gateway, Type = "public" });
        }
        object[] v6 = droplet.HasIpv6
            ? [new { IpAddress = Ipv6(droplet.Id), Netmask = Ipv6Bits, Gateway = $"{Ipv6Prefix}1", Type = "public" }]
            : [];
        return new { V4 = v4, V6 = v6 };
    }

    private static string Ipv6(long id) =>
        string.Create(CultureInfo.InvariantCulture, $"{Ipv6Prefix}{id >> 16 & 0xffff:x}:{id & 0xffff:x}");

    private static string Mask(int prefix)
    {
        var mask = uint.MaxValue << (AddressBits - prefix);
        return string.Create(CultureInfo.InvariantCulture, $"{mask >> 24}.{mask >> 16 & 255}.{mask >> 8 & 255}.{mask & 255}");
    }

    private sealed record Rendered(Vpc? Vpc, JsonFragment Fragment);
}
