namespace Infra.Lab.Provider.Resources;

/// <summary>Type tokens of the supported resources.</summary>
internal static class Types
{
    public const string Components = "infra:components:";
    public const string Certificate = "digitalocean:index/certificate:Certificate";
    public const string DnsRecord = "digitalocean:index/dnsRecord:DnsRecord";
    public const string Droplet = "digitalocean:index/droplet:Droplet";
    public const string Firewall = "digitalocean:index/firewall:Firewall";
    public const string LoadBalancer = "digitalocean:index/loadBalancer:LoadBalancer";
    public const string SshKey = "digitalocean:index/sshKey:SshKey";
    public const string Tag = "digitalocean:index/tag:Tag";
    public const string Volume = "digitalocean:index/volume:Volume";
    public const string Vpc = "digitalocean:index/vpc:Vpc";
    public const string CertRequest = "tls:index/certRequest:CertRequest";
    public const string LocallySignedCert = "tls:index/locallySignedCert:LocallySignedCert";
    public const string PrivateKey = "tls:index/privateKey:PrivateKey";
    public const string SelfSignedCert = "tls:index/selfSignedCert:SelfSignedCert";
    public const string RandomPassword = "random:index/randomPassword:RandomPassword";
    public const string Command = "command:remote:Command";
    public const string CopyToRemote = "command:remote:CopyToRemote";
}
