namespace Infra.Lab.Provider.Kinds;

/// <summary>All kinds of resources of a cloud.</summary>
internal static class KindsOf
{
    public static IEnumerable<ResourceKind> All(CloudContext cloud) =>
    [
        new Vpcs(cloud),
        new Tags(),
        new SshKeys(cloud),
        new Firewalls(cloud),
        new Volumes(cloud),
        new Droplets(cloud),
        new LoadBalancers(cloud),
        new Certificates(cloud),
        new DnsRecords(cloud),
        new Commands(cloud),
        new RandomPasswords(),
        new PrivateKeys(),
        new CertRequests(),
        new SelfSignedCerts(cloud),
        new LocallySignedCerts(cloud),
    ];
}
