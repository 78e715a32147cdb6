using Infra.Planning.Catalog;

namespace Infra.Lab.Specs;

/// <summary>
/// What of the local cloud is real: booted servers, networks, disks, load balancers. The resources of <c>Cloud/</c> decide what there shall be;
/// this makes it so. Every call may be repeated: what is there already stays as it is.
/// </summary>
internal interface IMachineRoom
{
    /// <summary>Public addresses that servers and load balancers get, in the order of asking: of 198.51.100.0/24, never one in use.</summary>
    public Task<string> TakePublicAddressAsync(string owner, CancellationToken cancel);

    /// <summary>Boots a server from its user data. Ends when its network is up, as DigitalOcean's create does; cloud-init goes on.</summary>
    public Task CreateServerAsync(ServerSpec server, CancellationToken cancel);

    /// <summary>Powers it off and takes its disks away; nothing happens where there is none.</summary>
    public Task DestroyServerAsync(string id, CancellationToken cancel);

    /// <summary>Whether the server is there and running: a laboratory that was killed has lost its servers.</summary>
    public bool HasServer(string id);

    /// <summary>Makes a block device of that size, formatted as asked, which lives until it is deleted.</summary>
    public Task CreateVolumeAsync(VolumeSpec volume, CancellationToken cancel);

    public Task DeleteVolumeAsync(string id, CancellationToken cancel);

    /// <summary>Attaches it to a server, as <c>/dev/disk/by-id/scsi-0DO_Volume_NAME</c>.</summary>
    public Task AttachVolumeAsync(string id, string serverId, CancellationToken cancel);

    /// <summary>Everything that Cloud Firewalls and VPCs allow, whole: it replaces what was allowed before, in one step.</summary>
    public Task ApplyPolicyAsync(NetworkPolicy policy, CancellationToken cancel);

    /// <summary>Starts a load balancer, or gives one that runs its new specification without dropping a connection.</summary>
    public Task ApplyBalancerAsync(BalancerSpec balancer, CancellationToken cancel);

    public Task RemoveBalancerAsync(string id, CancellationToken cancel);

    /// <summary>A command over real SSH from the operator's address, with the host key checked. Dials again as the provider does.</summary>
    public Task<SshAnswer> SshAsync(SshRequest request, CancellationToken cancel);
}

/// <summary>A server to boot.</summary>
/// <param name="Id">Id of the Droplet.</param>
/// <param name="Name">Name of the Droplet, its host name until cloud-init has another.</param>
/// <param name="UserData">Byte for byte what the Droplet would get.</param>
/// <param name="VpcId">Network of its private side.</param>
/// <param name="VpcCidr">Address range of the VPC.</param>
/// <param name="PublicAddress">Address on the public side.</param>
/// <param name="PrivateAddress">Address in the VPC.</param>
/// <param name="SizeSlug">Size: the machine room looks its vCPUs, memory, scratch disk and GPUs up in the catalog.</param>
/// <param name="Image">Slug of the image.</param>
/// <param name="VolumeIds">Volumes that are attached from the start.</param>
internal sealed record ServerSpec(
    string Id, string Name, string UserData, string VpcId, string VpcCidr, string PublicAddress, string PrivateAddress,
    string SizeSlug, string Image, IReadOnlyList<string> VolumeIds);

/// <param name="Id">Id of the Volume, a UUID.</param>
/// <param name="Name">Its name, part of its device's path.</param>
/// <param name="SizeGiB">Size; the file behind it is sparse.</param>
/// <param name="FileSystem"><c>ext4</c>, <c>xfs</c> or null for blank.</param>
/// <param name="Label">Label of the file system, or null.</param>
internal sealed record VolumeSpec(string Id, string Name, int SizeGiB, string? FileSystem, string? Label);

/// <summary>What may pass between servers, load balancers and the outside. Tags and load balancers are resolved to addresses already.</summary>
internal sealed record NetworkPolicy(IReadOnlyList<ServerPolicy> Servers, IReadOnlyList<BalancerPolicy> Balancers);

/// <param name="ServerId">Id of the Droplet.</param>
/// <param name="PublicAddress">Its address on the public side.</param>
/// <param name="PrivateAddress">Its address in the VPC.</param>
/// <param name="VpcId">Its VPC: servers of different VPCs do not meet on the private side.</param>
/// <param name="Guarded">Whether any Cloud Firewall holds for it: then what no rule allows is dropped, both ways; else all may pass.</param>
/// <param name="Inbound">Union of the inbound rules.</param>
/// <param name="Outbound">Union of the outbound rules.</param>
internal sealed record ServerPolicy(
    string ServerId, string PublicAddress, string PrivateAddress, string VpcId, bool Guarded,
    IReadOnlyList<PolicyRule> Inbound, IReadOnlyList<PolicyRule> Outbound);

/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>icmp</c>.</param>
/// <param name="Ports"><c>443</c>, <c>8000-8010</c>, or null for all (and for icmp).</param>
/// <param name="Cidrs">Addresses and ranges of the other side, IPv4 and IPv6; a single address has no slash.</param>
internal sealed record PolicyRule(string Protocol, string? Ports, IReadOnlyList<string> Cidrs);

/// <param name="Id">Id of the load balancer.</param>
/// <param name="Address">Its address for callers: in the VPC, or public.</param>
/// <param name="BackendAddress">Its own address in the VPC, from which it reaches the servers. For an internal one the same.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="AllowedCidrs">Who may connect; empty: whoever reaches it.</param>
internal sealed record BalancerPolicy(string Id, string Address, string BackendAddress, string VpcId, IReadOnlyList<string> AllowedCidrs);

/// <summary>A load balancer, whole.</summary>
/// <param name="Id">Its id, a UUID.</param>
/// <param name="Address">Address for callers.</param>
/// <param name="BackendAddress">Address in the VPC from which it reaches the servers.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="VpcCidr">Address range of the VPC.</param>
/// <param name="Rules">Forwarding rules.</param>
/// <param name="Backends">Private addresses of the servers behind it.</param>
/// <param name="Check">Health check.</param>
/// <param name="IdleTimeoutSeconds">A connection whose TLS ends here is closed after this long without a byte.</param>
/// <param name="AllowedCidrs">Who may connect; empty: whoever reaches it.</param>
internal sealed record BalancerSpec(
    string Id, string Address, string BackendAddress, string VpcId, string VpcCidr, IReadOnlyList<BalancerRule> Rules,
    IReadOnlyList<string> Backends, BalancerCheck Check, int IdleTimeoutSeconds, IReadOnlyList<string> AllowedCidrs)
{
    /// <summary>The same for a connection that is passed through, which no setting changes.</summary>
    public int PassthroughIdleTimeoutSeconds { get; init; } = CloudLimits.Current.PassthroughIdleSeconds.Value;
}

/// <param name="EntryPort">Port for callers.</param>
/// <param name="TargetPort">Port on the servers.</param>
/// <param name="Passthrough">TLS goes through untouched; else it ends here and a new TLS connection goes to the server, whose certificate is not checked.</param>
/// <param name="CertificatePem">Certificate chain where TLS ends here.</param>
/// <param name="PrivateKeyPem">Its key.</param>
internal sealed record BalancerRule(int EntryPort, int TargetPort, bool Passthrough, string? CertificatePem, string? PrivateKeyPem);

/// <summary>A health check: <c>https</c>, <c>http</c> or <c>tcp</c>. The certificate of the server is not checked.</summary>
internal sealed record BalancerCheck(
    string Protocol, int Port, string Path, int IntervalSeconds, int TimeoutSeconds, int UnhealthyThreshold, int HealthyThreshold);

/// <param name="Host">Address of the server.</param>
/// <param name="Port">TCP port, 22 unless told otherwise.</param>
/// <param name="User">Login.</param>
/// <param name="PrivateKey">Private key in OpenSSH's form.</param>
/// <param name="HostKey">The only host key that is accepted: <c>ssh-ed25519 AAAA...</c>; null takes any.</param>
/// <param name="Command">Command line for the login shell.</param>
/// <param name="Input">Standard input.</param>
/// <param name="DialErrorLimit">Connections that may fail before the command does.</param>
internal sealed record SshRequest(string Host, int Port, string User, string PrivateKey, string? HostKey, string Command, string? Input, int DialErrorLimit);

/// <summary>What a command answered: its exit status and what it wrote.</summary>
internal sealed record SshAnswer(int Status, string Output, string Errors);
