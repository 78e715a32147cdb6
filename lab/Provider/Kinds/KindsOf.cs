namespace Infra.Lab.Provider.Kinds;

/// <summary>All kinds of resources of a cloud.</summary>
internal static class KindsOf
{
    public static IEnumerable<ResourceKind> All(CloudContext cloud) =>
    [
        new VpcKind(),
        new TagKind(),
        new SshKeyKind(),
        new FirewallKind(),
        new VolumeKind(),
        new DropletKind(cloud.Runtime),
        new LoadBalancerKind(),
        new CertificateKind(),
        new DnsRecordKind(),
        new Commands(cloud),
        new RandomPasswords(),
        new PrivateKeys(),
        new CertRequests(),
        new SelfSignedCerts(cloud),
        new LocallySignedCerts(cloud),
    ];
}
