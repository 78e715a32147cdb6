using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.DigitalOcean.Firewalls;
using Infra.Lab.DigitalOcean.Http;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Keys;
using Infra.Lab.DigitalOcean.LoadBalancers;
using Infra.Lab.DigitalOcean.Monitoring;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.DigitalOcean.Overview;
using Infra.Lab.DigitalOcean.Projects;
using Infra.Lab.DigitalOcean.Storage;
using Infra.Lab.DigitalOcean.Tags;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean;

/// <summary>The whole API: its routes, and the work behind them.</summary>
internal static class CloudApi
{
    public static IReadOnlyList<ApiRoute> Routes(CloudAccount account) =>
    [
        .. OverviewRoutes.Of(account),
        .. EmptyLists.Routes,
        .. SshKeyRoutes.Of(account),
        .. TagRoutes.Of(account),
        .. ImageRoutes.Of(account),
        .. DropletRoutes.Of(account),
        .. BackupRoutes.Of(account),
        .. AssociatedRoutes.Of(account),
        .. VpcRoutes.Of(account),
        .. VolumeRoutes.Of(account),
        .. SnapshotRoutes.Of(account),
        .. ProjectRoutes.Of(account),
        .. AlertPolicies.Routes(account),
        .. UptimeRoutes.Of(account),
        .. CertificateRoutes.Of(account),
        .. DomainRoutes.Of(account),
        .. FirewallRoutes.Of(account),
        .. BalancerRoutes.Of(account),
    ];

    /// <param name="account">The account.</param>
    /// <param name="host">What makes servers, disks and networks.</param>
    /// <param name="networks">Knows when networks are as recorded.</param>
    /// <param name="authority">Issues certificates.</param>
    public static IReadOnlyList<IWorkHandler> Handlers(
        CloudAccount account, IHostRuntime host, INetworkGate networks, ICertificateAuthority authority)
    {
        var machines = new DropletMachines();
        return
        [
            new DropletWork(account, host, networks, machines),
            new DropletDeletion(account, host, networks, machines),
            new DropletRevival(account, host, networks, machines),
            new DropletOblivion(),
            new ImageTransfer(),
            new ImageImport(),
            new SnapshotDeletion(host),
            new VolumeCreation(account, host),
            new VolumeDeletion(account, host),
            new VolumeEventWork(account, host),
            new VolumeCopy(account, host),
            new VolumeCopyDeletion(account, host),
            new FirewallWork(networks),
            new StartBalancer(account, host, networks),
            new RemoveBalancer(host, networks),
            new IssueCertificate(account, authority),
            new RenewCertificate(account, authority),
        ];
    }
}
