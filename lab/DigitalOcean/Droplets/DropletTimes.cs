using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>How long things take at DigitalOcean.</summary>
internal static class DropletTimes
{
    /// <summary>32 s for a Basic size (answer of GET /v2/actions in doctl issue 257, 2023-07-21).</summary>
    private static readonly TimeSpan s_create = TimeSpan.FromSeconds(32);

    /// <summary>Guessed: public reports have one to three minutes.</summary>
    private static readonly TimeSpan s_createGpu = TimeSpan.FromSeconds(90);

    /// <summary>63 s (answer of GET /v2/actions in a public script, 2015-09-18).</summary>
    private static readonly TimeSpan s_snapshot = TimeSpan.FromSeconds(63);

    /// <summary>20 s for <c>power_off</c> (answer of GET /v2/actions in public tests of Go clients, 2015-04-24).</summary>
    private static readonly TimeSpan s_power = TimeSpan.FromSeconds(20);

    /// <summary>Guessed: a Droplet is there for some seconds after DELETE has answered.</summary>
    private static readonly TimeSpan s_delete = TimeSpan.FromSeconds(10);

    /// <summary>Guessed: lists by tag are behind by some seconds (digitalocean.md: check each id, not the list of the tag).</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(15);

    public static TimeSpan Create(AccountSettings settings, CloudSize size) => settings.Takes(size.Gpu is null ? s_create : s_createGpu);

    public static TimeSpan Delete(AccountSettings settings) => settings.Takes(s_delete);

    /// <summary>How long lists by tag have a deleted Droplet.</summary>
    public static TimeSpan Linger(AccountSettings settings) => settings.Takes(s_linger);

    public static TimeSpan Action(AccountSettings settings, string type) => settings.Takes(type switch
    {
        DropletActions.Snapshot or DropletActions.Resize => s_snapshot,
        DropletActions.Rename => TimeSpan.FromSeconds(1),
        _ => s_power,
    });
}
