namespace Infra.Lab.DigitalOcean.Networks;

/// <summary>Knows when the networks of this machine are as the records say.</summary>
internal interface INetworkGate
{
    /// <summary>
    /// Completes when all that was recorded before this call is in effect: firewalls, VPCs and load balancers. A Droplet boots only after
    /// it, so that it is never up without its firewall.
    /// </summary>
    /// <exception cref="Exception">The host runtime failed.</exception>
    public Task AppliedAsync(CancellationToken cancel);
}
