using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Effects;

/// <summary>What Cloud Firewalls and VPCs allow, with tags, Droplets and load balancers resolved to addresses.</summary>
internal static class PolicyOf
{
    public static NetworkPolicy State(AccountState state) => new(
        [.. state.AllOf<INetworkServer>().Where(server => server is { IsOnNetwork: true, PublicAddress: not null, VpcAddress: not null })
            .Select(server => new ServerPolicy(server.Key, server.PublicAddress!, server.VpcAddress!, server.VpcId!, false, [], []))],
        []);
}
