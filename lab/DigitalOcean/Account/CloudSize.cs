using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>A Droplet size: one without a GPU from <c>data/sizes.json</c>, or a GPU size of the catalog.</summary>
/// <param name="Slug">As <c>s-1vcpu-1gb</c>.</param>
/// <param name="MemoryMiB">Memory.</param>
/// <param name="Vcpus">CPUs.</param>
/// <param name="DiskGiB">Boot disk.</param>
/// <param name="ScratchDiskGiB">Scratch disk; 0: none.</param>
/// <param name="TransferTB">Outbound traffic in the price.</param>
/// <param name="UsdPerMonth">Price of a whole month.</param>
/// <param name="UsdPerHour">Price of an hour.</param>
/// <param name="Description">Class of the size.</param>
/// <param name="Regions">Regions that offer it; empty: none at present.</param>
/// <param name="Gpu">Its cards; null: none.</param>
/// <param name="IsListed">Whether <c>GET /v2/sizes</c> has it. Sizes by contract are not listed for other accounts.</param>
internal sealed partial record CloudSize(
    string Slug, int MemoryMiB, int Vcpus, int DiskGiB, int ScratchDiskGiB, decimal TransferTB, decimal UsdPerMonth, decimal UsdPerHour,
    string Description, IReadOnlyList<string> Regions, CloudGpu? Gpu, bool IsListed)
{
    /// <summary>A month of a GPU size has 744 hours, any other 672: prices in GET /v2/sizes of 2026-10-08 and 2026-08-19.</summary>
    private const int GpuHoursOfMonth = 744;
    private const decimal HoursOfMonth = 672;

    private static readonly IReadOnlyList<CloudSize> s_basic = [.. CloudFacts.Read<File>("sizes.json").Sizes.Select(Of)];

    private static readonly ConditionalWeakTable<ModelCatalog, Dictionary<string, CloudSize>> s_all = [];

    /// <summary>All sizes, the cheapest of each kind first.</summary>
    public static IReadOnlyCollection<CloudSize> All(AccountSettings settings) => BySlug(settings).Values;

    /// <summary>Null: there is none. Slugs ignore case.</summary>
    public static CloudSize? Find(AccountSettings settings, string slug) => BySlug(settings).GetValueOrDefault(slug);

    /// <summary>The size as the API shows it.</summary>
    public object View()
    {
        var view = new Dictionary<string, object>
        {
            ["slug"] = Slug,
            ["memory"] = MemoryMiB,
            ["vcpus"] = Vcpus,
            ["disk"] = DiskGiB,
            ["transfer"] = TransferTB,
            ["price_monthly"] = UsdPerMonth,
            ["price_hourly"] = UsdPerHour,
            ["regions"] = Regions,
            ["available"] = Regions.Count > 0,
            ["description"] = Description,
            ["disk_info"] = Disks(DiskGiB),
        };
        if (Gpu is not null)
        {
            view["gpu_info"] = Gpu.View();
        }
        return view;
    }

    /// <summary>The disks of a Droplet as the API shows them.</summary>
    /// <param name="bootGiB">Boot disk: a Droplet keeps its own when its size changes without it.</param>
    public IReadOnlyList<object> Disks(int bootGiB) =>
        ScratchDiskGiB > 0 ? [Disk("local", bootGiB), Disk("scratch", ScratchDiskGiB)] : [Disk("local", bootGiB)];

    // Nothing is ever removed, so a dictionary keeps the order.
    private static Dictionary<string, CloudSize> BySlug(AccountSettings settings) => s_all.GetValue(settings.Catalog,
        static catalog => s_basic.Concat(catalog.Sizes.Values.Select(size => Of(catalog, size)))
            .ToDictionary(size => size.Slug, StringComparer.OrdinalIgnoreCase));

    private static object Disk(string type, int amount) => new { Type = type, Size = new { Amount = amount, Unit = "gib" } };

    private static CloudSize Of(Row row) => new(row.Slug, row.MemoryMiB, row.Vcpus, row.DiskGiB, 0, row.TransferTB, row.UsdPerMonth,
        Math.Round(row.UsdPerMonth / HoursOfMonth, 5), row.Description,
        [.. CloudRegion.All.Where(region => region.HasBasicSizes).Select(region => region.Slug)], null, IsListed: true);

    private static CloudSize Of(ModelCatalog catalog, GpuSize size)
    {
        var gpu = catalog.Gpus[size.Gpu];
        var card = Parentheses().Replace(gpu.Name, "");
        var name = card[(card.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return new(size.Slug, (size.RamGiB ?? 0) * 1024, size.Vcpus ?? 0, size.BootDiskGB ?? 0, size.ScratchDiskGB ?? 0,
            TransferOf(size), (size.UsdPerHour ?? 0) * GpuHoursOfMonth, size.UsdPerHour ?? 0, $"{Family(card, name)} - {size.GpuCount}X",
            size.Regions, new CloudGpu(size.GpuCount, Model(card), size.GpuCount * (int)gpu.MemoryGB), size.UsdPerHour is not null);
    }

    // boxcutter/oci, doctl/README.md: output of doctl compute size list (2025-08); newer cards as the others of their vendor.
    private static string Family(string card, string name) => name switch
    {
        "H100" => "H100 GPU",
        "L40S" => "L40S GPU Droplet",
        _ when name.StartsWith("RTX", StringComparison.Ordinal) => $"{name} GPU Droplet",
        _ => card.Replace("NVIDIA", "Nvidia", StringComparison.Ordinal),
    };

    // docs.digitalocean.com/products/droplets/details/features/ (2025-11-20).
    private static decimal TransferOf(GpuSize size) => size.GpuCount > 1 ? 60 : size.ScratchDiskGB == 0 ? 10 : 15;

    // nvidia_rtx4000_ada, amd_mi300x: answers of GET /v2/sizes that public clients read (gpuhunt 3584151).
    private static string Model(string card) =>
        card.Replace("RTX ", "RTX", StringComparison.Ordinal).Replace(' ', '_').ToLowerInvariant();

    [GeneratedRegex(@" \(.*\)")]
    private static partial Regex Parentheses();

    private sealed record File(IReadOnlyList<Row> Sizes);

    private sealed record Row(
        string Slug, int MemoryMiB, int Vcpus, int DiskGiB, decimal TransferTB, decimal UsdPerMonth, string Description, string Source,
        DateOnly SourceDate);
}

/// <summary>The cards of a size.</summary>
/// <param name="Count">Number of cards.</param>
/// <param name="Model">As <c>nvidia_h100</c>.</param>
/// <param name="MemoryGiB">Memory of all cards together.</param>
internal sealed record CloudGpu(int Count, string Model, int MemoryGiB)
{
    public object View() => new { Count, Model, Vram = new { Amount = MemoryGiB, Unit = "gib" } };
}
