using Infra.Planning.Catalog;

namespace Infra.Lab.Specs;

/// <summary>
/// The real part of the local cloud: booted servers, networks, disks, load balancers. The resources of <c>DigitalOcean/</c> decide what
/// should exist; this creates it. All calls can be repeated: existing parts stay unchanged.
/// </summary>
internal interface IHostRuntime
{
    /// <summary>Public addresses for servers and load balancers, in order of request, from 198.51.100.0/24, never one in use.</summary>
    public Task<string> TakePublicAddressAsync(string owner, CancellationToken cancel);

    /// <summary>
    /// Boots a server with its user data. Returns when its network is up, like DigitalOcean's create; cloud-init continues.
    /// </summary>
    public Task CreateServerAsync(ServerSpec server, CancellationToken cancel);

    /// <summary>Powers it off and deletes its disks; does nothing if it does not exist.</summary>
    public Task DestroyServerAsync(string id, CancellationToken cancel);

    /// <summary>Whether the server exists and is running: after a kill, a lab has no servers.</summary>
    public bool HasServer(string id);

    /// <summary>Powers it off and keeps its disks and addresses; does nothing if it is off.</summary>
    /// <param name="id">Id of the Droplet.</param>
    /// <param name="hard">Like pulling the plug; otherwise it shuts down, and the plug is pulled if it does not.</param>
    /// <param name="cancel">Gives up.</param>
    public Task StopServerAsync(string id, bool hard, CancellationToken cancel);

    /// <summary>Powers it on with the disks that it has; boots it from its image if it has none, as after a kill of the lab.</summary>
    public Task StartServerAsync(ServerSpec server, CancellationToken cancel);

    /// <summary>Boots a running server again.</summary>
    /// <param name="id">Id of the Droplet.</param>
    /// <param name="hard">Like the reset button; otherwise it reboots by itself.</param>
    /// <param name="cancel">Gives up.</param>
    public Task RebootServerAsync(string id, bool hard, CancellationToken cancel);

    /// <summary>Gives it another name in the metadata service; its own files stay.</summary>
    public Task RenameServerAsync(ServerSpec server, CancellationToken cancel);

    /// <summary>Copies the disk of a server, which may be running. Replaces an unfinished copy of the same id.</summary>
    /// <param name="serverId">Id of the Droplet.</param>
    /// <param name="snapshotId">Id of the image: <see cref="ServerSpec.SnapshotId"/> of servers that boot from it.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SnapshotServerAsync(string serverId, string snapshotId, CancellationToken cancel);

    public Task DeleteSnapshotAsync(string snapshotId, CancellationToken cancel);

    /// <summary>Creates a block device of that size, formatted as requested, which exists until it is deleted.</summary>
    public Task CreateVolumeAsync(VolumeSpec volume, CancellationToken cancel);

    public Task DeleteVolumeAsync(string id, CancellationToken cancel);

    /// <summary>Attaches it to a server, as <c>/dev/disk/by-id/scsi-0DO_Volume_NAME</c>.</summary>
    public Task AttachVolumeAsync(string id, string serverId, CancellationToken cancel);

    /// <summary>Copies a Volume, which may be in use. Replaces an unfinished copy of the same id.</summary>
    /// <param name="id">Id of the Volume.</param>
    /// <param name="snapshotId">Id of the copy: <see cref="VolumeSpec.SnapshotId"/> of Volumes that begin with it.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SnapshotVolumeAsync(string id, string snapshotId, CancellationToken cancel);

    public Task DeleteVolumeSnapshotAsync(string snapshotId, CancellationToken cancel);

    /// <summary>Takes it from a server; does nothing if the server is off.</summary>
    public Task DetachVolumeAsync(string id, string serverId, CancellationToken cancel);

    /// <summary>Replaces the complete policy of Cloud Firewalls and VPCs atomically.</summary>
    public Task ApplyPolicyAsync(NetworkPolicy policy, CancellationToken cancel);

    /// <summary>Starts a load balancer, or updates a running one without dropping connections.</summary>
    public Task ApplyBalancerAsync(BalancerSpec balancer, CancellationToken cancel);

    public Task RemoveBalancerAsync(string id, CancellationToken cancel);

    /// <summary>
    /// Runs a command over SSH from the operator's address, with a host key check. Repeats connection attempts like the provider.
    /// </summary>
    public Task<SshAnswer> SshAsync(SshRequest request, CancellationToken cancel);
}

/// <summary>A server to boot.</summary>
/// <param name="Id">Id of the Droplet.</param>
/// <param name="Name">Name of the Droplet, the host name until cloud-init sets another.</param>
/// <param name="UserData">The user data of the Droplet, unchanged.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="VpcCidr">Address range of the VPC.</param>
/// <param name="PublicAddress">Its public address.</param>
/// <param name="PrivateAddress">Address in the VPC.</param>
/// <param name="SizeSlug">Size: a GPU size gets vCPUs, memory, scratch disk and GPUs from the catalog.</param>
/// <param name="Image">Slug of the image.</param>
/// <param name="VolumeIds">Volumes that are attached from the start.</param>
internal sealed record ServerSpec(
    string Id, string Name, string UserData, string VpcId, string VpcCidr, string PublicAddress, string PrivateAddress,
    string SizeSlug, string Image, IReadOnlyList<string> VolumeIds)
{
    /// <summary>Slug of its region, for the metadata service.</summary>
    public string Region { get; init; } = "";

    /// <summary>SSH keys with which root can log in, unless the user data forbids it.</summary>
    public IReadOnlyList<string> PublicKeys { get; init; } = [];

    /// <summary>vCPUs of the size; null: as the catalog says.</summary>
    public int? Vcpus { get; init; }

    /// <summary>Memory of the size; null: as the catalog says.</summary>
    public int? MemoryMiB { get; init; }

    /// <summary>The snapshot whose disk it boots from; null: the image.</summary>
    public string? SnapshotId { get; init; }
}

/// <param name="Id">Id of the Volume, a UUID.</param>
/// <param name="Name">Its name, part of its device's path.</param>
/// <param name="SizeGiB">Size; the file behind it is sparse.</param>
/// <param name="FileSystem"><c>ext4</c>, <c>xfs</c> or null for blank.</param>
/// <param name="Label">Label of the file system, or null.</param>
internal sealed record VolumeSpec(string Id, string Name, int SizeGiB, string? FileSystem, string? Label)
{
    /// <summary>The snapshot whose content it begins with; null: none.</summary>
    public string? SnapshotId { get; init; }
}

/// <summary>
/// The network policy between servers, load balancers and outside hosts. Tags and load balancers are resolved to addresses.
/// </summary>
internal sealed record NetworkPolicy(IReadOnlyList<ServerPolicy> Servers, IReadOnlyList<BalancerPolicy> Balancers);

/// <param name="ServerId">Id of the Droplet.</param>
/// <param name="PublicAddress">Its public address.</param>
/// <param name="PrivateAddress">Its address in the VPC.</param>
/// <param name="VpcId">Its VPC: servers of different VPCs have no private connection.</param>
/// <param name="Guarded">
/// Whether a Cloud Firewall applies: then only rules allow traffic, in both directions; otherwise everything passes.
/// </param>
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
/// <param name="BackendAddress">Its VPC address for connections to servers. For an internal one the same.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="AllowedCidrs">Allowed callers; empty: all.</param>
internal sealed record BalancerPolicy(string Id, string Address, string BackendAddress, string VpcId, IReadOnlyList<string> AllowedCidrs);

/// <summary>A complete specification of a load balancer.</summary>
/// <param name="Id">Its id, a UUID.</param>
/// <param name="Address">Address for callers.</param>
/// <param name="BackendAddress">Its VPC address for connections to servers.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="VpcCidr">Address range of the VPC.</param>
/// <param name="Rules">Forwarding rules.</param>
/// <param name="Backends">Private addresses of its servers.</param>
/// <param name="Check">Health check.</param>
/// <param name="IdleTimeoutSeconds">Idle timeout of connections whose TLS ends here.</param>
/// <param name="AllowedCidrs">Allowed callers; empty: all.</param>
internal sealed record BalancerSpec(
    string Id, string Address, string BackendAddress, string VpcId, string VpcCidr, IReadOnlyList<BalancerRule> Rules,
    IReadOnlyList<string> Backends, BalancerCheck Check, int IdleTimeoutSeconds, IReadOnlyList<string> AllowedCidrs)
{
    /// <summary>The same for passthrough connections; not configurable.</summary>
    public int PassthroughIdleTimeoutSeconds { get; init; } = CloudLimits.Current.PassthroughIdleSeconds.Value;

    /// <summary>Refused callers, whatever <see cref="AllowedCidrs"/> says.</summary>
    public IReadOnlyList<string> DeniedCidrs { get; init; } = [];

    /// <summary>Whether servers learn the caller's address by the PROXY protocol.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>Whether a connection to a server carries several HTTP requests.</summary>
    public bool Keepalive { get; init; }

    /// <summary>Whether plain HTTP on port 80 is answered with a redirect to HTTPS.</summary>
    public bool RedirectToHttps { get; init; }

    /// <summary>The cookie that keeps an HTTP client with one server; null: none.</summary>
    public StickyCookie? Sticky { get; init; }
}

/// <param name="Name">Name of the cookie.</param>
/// <param name="Seconds">How long it holds.</param>
internal sealed record StickyCookie(string Name, int Seconds);

/// <param name="EntryPort">Port for callers.</param>
/// <param name="TargetPort">Port on the servers.</param>
/// <param name="Passthrough">
/// Whether TLS passes through; otherwise it ends here and a new TLS connection goes to the server, whose certificate is not checked.
/// </param>
/// <param name="CertificatePem">Certificate chain, if TLS ends here.</param>
/// <param name="PrivateKeyPem">Its key.</param>
internal sealed record BalancerRule(int EntryPort, int TargetPort, bool Passthrough, string? CertificatePem, string? PrivateKeyPem)
{
    /// <summary>Whether the connection to a server is TLS, if it does not pass through.</summary>
    public bool TargetTls { get; init; } = true;

    /// <summary>Whether the bytes are HTTP, which is understood, and not only passed on. True where TLS ends.</summary>
    public bool Http { get; init; } = !Passthrough;

    /// <summary>Whether callers may speak HTTP/2, where TLS ends.</summary>
    public bool Http2 { get; init; }
}

/// <summary>A health check: <c>https</c>, <c>http</c> or <c>tcp</c>. The certificate of the server is not checked.</summary>
internal sealed record BalancerCheck(
    string Protocol, int Port, string Path, int IntervalSeconds, int TimeoutSeconds, int UnhealthyThreshold, int HealthyThreshold)
{
    /// <summary>Whether a check begins with the PROXY protocol.</summary>
    public bool ProxyProtocol { get; init; }
}

/// <param name="Host">Address of the server.</param>
/// <param name="Port">TCP port. Default: 22.</param>
/// <param name="User">Login name.</param>
/// <param name="PrivateKey">Private key in OpenSSH format.</param>
/// <param name="HostKey">The accepted host key: <c>ssh-ed25519 AAAA...</c>; null: any.</param>
/// <param name="Command">Command line for the login shell.</param>
/// <param name="Input">Standard input.</param>
/// <param name="DialErrorLimit">Number of connection failures before an error.</param>
internal sealed record SshRequest(string Host, int Port, string User, string PrivateKey, string? HostKey, string Command, string? Input,
    int DialErrorLimit);

/// <summary>The result of a command: exit status and output.</summary>
internal sealed record SshAnswer(int Status, string Output, string Errors);
