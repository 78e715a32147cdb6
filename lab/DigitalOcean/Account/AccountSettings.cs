using Infra.Planning.Catalog;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>What the account may have, and how fast its resources change.</summary>
internal sealed record AccountSettings
{
    /// <summary>GPU sizes, regions and images; what has no GPU is in <c>sizes.json</c>.</summary>
    public required ModelCatalog Catalog { get; init; }

    public Pace Pace { get; init; } = Pace.Fast;

    /// <summary>Limit of GPUs. DigitalOcean starts a new account with 0, the second tier with 1.</summary>
    public int GpuLimit { get; init; } = 16;

    public int DropletLimit { get; init; } = 25;

    public int VolumeLimit { get; init; } = 100;

    /// <summary>Whether too many requests are refused.</summary>
    public bool LimitsRate => Pace == Pace.Real;

    /// <summary>
    /// The lab's own: DigitalOcean names no number, "the limits set for your account"
    /// (docs.digitalocean.com/products/networking/load-balancers/details/limits/, 2026-11-06).
    /// </summary>
    public int LoadBalancerLimit { get; init; } = 50;

    /// <summary>How long something takes at least.</summary>
    /// <param name="atDigitalOcean">How long it takes there.</param>
    public TimeSpan Takes(TimeSpan atDigitalOcean) => Pace == Pace.Real ? atDigitalOcean : TimeSpan.Zero;
}

/// <summary>How long things take.</summary>
internal enum Pace
{
    /// <summary>As long as the lab needs.</summary>
    Fast,

    /// <summary>At least as long as at DigitalOcean.</summary>
    Real,
}
