namespace Infra.Planning.Plan;

/// <summary>Prices of resources other than Droplets, in USD, and the hours of a billed month.</summary>
public static class Prices
{
    /// <summary>
    /// One node of a load balancer, per month. Third-party sources of 2026 have 12 USD, older pages of DigitalOcean 10 (for example
    /// docs.digitalocean.com/products/networking/load-balancers/, before 2023): the higher price is used.
    /// </summary>
    public const decimal LoadBalancerUsdPerMonth = 12m;

    /// <summary>A GiB of a Volume, per month (docs.digitalocean.com/products/volumes/details/features/, 2025-11-14).</summary>
    public const decimal VolumeUsdPerGiBMonth = 0.10m;

    /// <summary>Hours per month after which DigitalOcean charges no more, except for GPU Droplets: 28 days.</summary>
    public const int CappedHoursPerMonth = 672;

    /// <summary>
    /// Hours of a month of a GPU Droplet, which has no cap: its monthly price is 744 times the hourly one (<c>GET /v2/sizes</c>,
    /// 2026-10-08).
    /// </summary>
    public const int HoursPerMonth = 744;
}
