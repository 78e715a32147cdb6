using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Infra.Lab.Balancer;
using Infra.Lab.Files;
using Infra.Lab.Linux;
using Infra.Lab.Network;
using Infra.Lab.Specs;
using Infra.Lab.State;
using Infra.Planning.Config;

namespace Infra.Lab.Host;

/// <summary>The host runtime of a lab: servers, disks, load balancers and the network policy, in the sandbox.</summary>
/// <param name="folder">Files of the lab.</param>
/// <param name="sandbox">The running sandbox.</param>
/// <param name="images">The server images.</param>
/// <param name="release">Default release of servers.</param>
/// <param name="hardware">The hardware of each server.</param>
/// <param name="extras">Additional server properties.</param>
internal sealed class HostRuntime(LabFolder folder, Sandbox sandbox, ServerImages images, string release,
    IServerHardware hardware, ServerExtras extras) : IHostRuntime, IDisposable
{
    /// <summary>Scratch disks have this size instead of the catalog's: the file is sparse, but its metadata is not.</summary>
    private const long ScratchBytes = 8L << 30;

    /// <summary>Network namespace of a host in the stack's VPC that is not one of its servers: a client, or a stranger.</summary>
    public const string NeighbourName = "neighbour";
    private const int NeighbourHost = 250;

    /// <summary>Folder of the metadata service's data: one folder per address.</summary>
    public const string MetadataFolderName = "metadata";

    /// <summary>Public addresses of servers and load balancers.</summary>
    private const int FirstPublicHost = 11;
    private const int LastPublicHost = 250;

    private NetworkPolicy _applied = new([], []);
    private NetworkNeighbour? _neighbour;
    private readonly SemaphoreSlim _addresses = new(1);
    private readonly SemaphoreSlim _policy = new(1);
    private readonly ConcurrentDictionary<string, VolumeSpec> _volumes = new(StringComparer.Ordinal);
    private readonly SshClient _ssh = new(folder, sandbox);

    /// <summary>Hosts of the internet that have a link of their own.</summary>
    public IReadOnlyList<NetworkNeighbour> Guests { get; init; } = [];

    private string AddressFile => Path.Combine(folder.Path, "addresses.json");

    public ServerProcess Server(string id) => new(folder, sandbox, id);

    public async Task<string> TakePublicAddressAsync(string owner, CancellationToken cancel)
    {
        await _addresses.WaitAsync(cancel);
        try
        {
            var taken = TakenAddresses();
            if (!taken.TryGetValue(owner, out var address))
            {
                var used = taken.Values.ToHashSet(StringComparer.Ordinal);
                address = Enumerable.Range(FirstPublicHost, LastPublicHost - FirstPublicHost + 1)
                    .Select(host => $"198.51.100.{host.ToString(CultureInfo.InvariantCulture)}")
                    .FirstOrDefault(free => !used.Contains(free))
                        ?? throw new InvalidOperationException("this lab has no public address left");
                taken[owner] = address;
                StateFile.Write(AddressFile, taken, MachineJson.Default.DictionaryStringString);
            }

            return address;
        }
        finally
        {
            _addresses.Release();
        }
    }

    public async Task CreateServerAsync(ServerSpec server, CancellationToken cancel)
    {
        if (HasServer(server.Id))
        {
            return;
        }

        await EnsureNeighbourAsync(server, cancel);
        await WriteMetadataAsync(server, cancel);
        var (root, layers) = await RootAsync(server, cancel);
        await Server(server.Id).StartAsync(root, layers, cancel, server.SnapshotId is { } snapshot ? SnapshotFile(snapshot) : null);
    }

    public async Task StartServerAsync(ServerSpec server, CancellationToken cancel)
    {
        if (!Server(server.Id).HasRoot)
        {
            await CreateServerAsync(server, cancel);
        }
        else if (!HasServer(server.Id))
        {
            await WriteMetadataAsync(server, cancel);
            await Server(server.Id).StartAgainAsync((await RootAsync(server, cancel)).Root, cancel);
        }
    }

    public async Task StopServerAsync(string id, bool hard, CancellationToken cancel)
    {
        if (HasServer(id))
        {
            await Server(id).PowerOffAsync(hard, cancel);
        }
    }

    public Task RebootServerAsync(string id, bool hard, CancellationToken cancel) => Server(id).RebootAsync(hard, cancel);

    public Task RenameServerAsync(ServerSpec server, CancellationToken cancel) => WriteMetadataAsync(server, cancel);

    public Task SnapshotServerAsync(string serverId, string snapshotId, CancellationToken cancel) =>
        sandbox.RunAsync([Path.Combine(Sandbox.Scripts, "take-snapshot"), serverId, SnapshotFile(snapshotId)], null, cancel);

    public Task DeleteSnapshotAsync(string snapshotId, CancellationToken cancel)
    {
        File.Delete(SnapshotFile(snapshotId));
        File.Delete($"{SnapshotFile(snapshotId)}.new");
        return Task.CompletedTask;
    }

    public async Task DestroyServerAsync(string id, CancellationToken cancel)
    {
        await Server(id).StopAsync(cancel);
        await ReleasePublicAddressAsync(id, cancel);
        await LoopDevices.DetachAsync(ScratchFile(id), cancel);
        File.Delete(ScratchFile(id));
    }

    public bool HasServer(string id) => sandbox.Running is not null && Server(id).Leader is not null;

    public async Task CreateVolumeAsync(VolumeSpec volume, CancellationToken cancel)
    {
        _volumes[volume.Id] = volume;
        if (volume.SnapshotId is { } snapshot && !File.Exists(VolumeFile(volume.Id)))
        {
            await CopyAsync(VolumeSnapshotFile(snapshot), VolumeFile(volume.Id), cancel);
        }

        await LoopDevices.AttachAsync(VolumeFile(volume.Id), (long)volume.SizeGiB << 30, volume.FileSystem, volume.Label, cancel);
        StateFile.Write($"{VolumeFile(volume.Id)}.json", volume, MachineJson.Default.VolumeSpec);
    }

    public async Task DeleteVolumeAsync(string id, CancellationToken cancel)
    {
        await LoopDevices.DetachAsync(VolumeFile(id), cancel);
        File.Delete(VolumeFile(id));
        File.Delete($"{VolumeFile(id)}.json");
    }

    public async Task SnapshotVolumeAsync(string id, string snapshotId, CancellationToken cancel)
    {
        var disk = await VolumeDiskAsync(id, cancel);
        // What programs wrote to the device reaches its file; what a file system still holds does not, as at DigitalOcean.
        await HostProgram.RunAsync(
            "blockdev", ["--flushbufs", $"/dev/loop{disk.Loop.ToString(CultureInfo.InvariantCulture)}"], null, cancel);
        await CopyAsync(VolumeFile(id), VolumeSnapshotFile(snapshotId), cancel);
    }

    public Task DeleteVolumeSnapshotAsync(string snapshotId, CancellationToken cancel)
    {
        File.Delete(VolumeSnapshotFile(snapshotId));
        File.Delete($"{VolumeSnapshotFile(snapshotId)}.new");
        return Task.CompletedTask;
    }

    public async Task AttachVolumeAsync(string id, string serverId, CancellationToken cancel)
    {
        var disk = await VolumeDiskAsync(id, cancel);
        var device = $"/dev/loop{disk.Loop.ToString(CultureInfo.InvariantCulture)}";
        var answer = await Server(serverId).AskAsync(
            ["sh", "-c", "test -e $1 || mknod -m 0660 $1 b 7 $2; mkdir -p ${3%/*}; ln -sf $1 $3", "-", device,
                disk.Loop.ToString(CultureInfo.InvariantCulture), disk.Link!], null, cancel);
        if (answer.Status != 0)
        {
            throw new ProgramException("mknod", answer);
        }
    }

    public async Task DetachVolumeAsync(string id, string serverId, CancellationToken cancel)
    {
        if (HasServer(serverId))
        {
            var disk = await VolumeDiskAsync(id, cancel);
            await Server(serverId).AskAsync(["sh", "-c", "umount -l $1; rm -f $1 $2", "-",
                $"/dev/loop{disk.Loop.ToString(CultureInfo.InvariantCulture)}", disk.Link!], null, cancel);
        }
    }

    public async Task ApplyPolicyAsync(NetworkPolicy policy, CancellationToken cancel)
    {
        await _policy.WaitAsync(cancel);
        try
        {
            _applied = policy;
            var words = sandbox.Network(null, "nft", "-f", "-");
            await HostProgram.RunAsync(words[0], words[1..],
                System.Text.Encoding.UTF8.GetBytes(
                    NetworkRuleset.Render(policy, [.. Guests, .. Neighbour(policy) is { } neighbour ? new[] { neighbour } : []])),
                cancel);
        }
        finally
        {
            _policy.Release();
        }
    }

    public async Task ApplyBalancerAsync(BalancerSpec balancer, CancellationToken cancel)
    {
        var services = new SandboxServices(folder, sandbox);
        var name = SandboxServices.BalancerName(balancer.Id);
        if (!File.Exists($"{sandbox.Root}/run/netns/{name}"))
        {
            var prefix = balancer.VpcCidr[balancer.VpcCidr.IndexOf('/', StringComparison.Ordinal)..];
            var isPublic = balancer.Address != balancer.BackendAddress;
            await sandbox.RunAsync(
                [NetworkScript, "attach", name, balancer.Id, isPublic ? balancer.Address : "-", $"{balancer.BackendAddress}{prefix}"], null,
                cancel);
            await sandbox.RunAsync(
                [NetworkScript, "address", name, isPublic ? balancer.Address : "-", $"{balancer.BackendAddress}{prefix}"],
                null, cancel);
        }

        var file = services.BalancerFile(balancer.Id);
        StateFile.RemoveUnlessFile(file);
        await services.Balancer(balancer.Id).ApplyAsync(
            balancer,
            () => services.KeepAsync($"{file}.log", ["ip", "netns", "exec", name, .. HaProxy.Command(file, $"/run/{name}.sock")], cancel),
            cancel);
    }

    public async Task RemoveBalancerAsync(string id, CancellationToken cancel)
    {
        var file = new SandboxServices(folder, sandbox).BalancerFile(id);
        if (sandbox.Running is not null)
        {
            await SandboxServices.EndAsync($"{file}.log", cancel);
            await sandbox.RunAsync(
                ["sh", "-c", "ip netns pids \"$1\" | xargs -r kill -9", "-", SandboxServices.BalancerName(id)], null, cancel);
            await sandbox.RunAsync([NetworkScript, "detach", SandboxServices.BalancerName(id), id], null, cancel);
        }

        await ReleasePublicAddressAsync(id, cancel);
        foreach (var left in Directory.EnumerateFileSystemEntries(folder.Balancers, $"{Path.GetFileName(file)}*"))
        {
            StateFile.Remove(left);
        }
    }

    public Task<SshAnswer> SshAsync(SshRequest request, CancellationToken cancel) => _ssh.RunAsync(request, cancel);

    public void Dispose()
    {
        _addresses.Dispose();
        _policy.Dispose();
    }

    /// <summary>Updates the hardware description and the planned values on a server.</summary>
    public void DescribeAgain(string id, string name, string sizeSlug) => AtomicFile.Write(
        Server(id).HostPath(MachineDescription.Path),
        JsonSerializer.SerializeToUtf8Bytes(
            extras.Machine(name, hardware.Of(name, sizeSlug).Machine), MachineJson.Default.MachineDescription),
        AtomicFile.Public); // the engine's user reads it, too

    private async Task ReleasePublicAddressAsync(string owner, CancellationToken cancel)
    {
        await _addresses.WaitAsync(cancel);
        try
        {
            var taken = TakenAddresses();
            if (taken.Remove(owner))
            {
                StateFile.Write(AddressFile, taken, MachineJson.Default.DictionaryStringString);
            }
        }
        finally
        {
            _addresses.Release();
        }
    }

    private Dictionary<string, string> TakenAddresses() =>
        StateFile.Read(AddressFile, MachineJson.Default.DictionaryStringString) ?? new Dictionary<string, string>(StringComparer.Ordinal);

    private async Task WriteMetadataAsync(ServerSpec server, CancellationToken cancel)
    {
        var metadata = Path.Combine(folder.Path, MetadataFolderName, server.PublicAddress);
        Directory.CreateDirectory(metadata);
        foreach (var (key, value) in new[] { ("id", server.Id), ("hostname", server.Name), ("user-data", server.UserData),
            ("region", server.Region), ("auth-token", $"token-of-{server.Id}") })
        {
            await File.WriteAllTextAsync(Path.Combine(metadata, key), value, cancel);
        }
    }

    /// <summary>A server's own files with its disks, and the layers of its image.</summary>
    private async Task<(ServerRoot Root, string Layers)> RootAsync(ServerSpec server, CancellationToken cancel)
    {
        var disks = new List<ServerDisk>();
        foreach (var volume in server.VolumeIds)
        {
            disks.Add(await VolumeDiskAsync(volume, cancel));
        }

        var planned = hardware.Of(server.Name, server.SizeSlug);
        if (planned.HasScratchDisk)
        {
            disks.Add(
                new ServerDisk(await LoopDevices.AttachAsync(ScratchFile(server.Id), ScratchBytes, "ext4", "DOSCRATCH", cancel), null));
        }

        var root = new ServerRoot(
            server, extras.Machine(server.Name, planned.Machine), disks, server.Vcpus ?? planned.Vcpus,
            server.MemoryMiB is { } memory ? (long)memory << 20 : planned.MemoryBytes, extras.Files(server.Name));
        var variant = extras.Image(server.Name);
        var parts = variant.PartsOf(ImageProfiles.All.Of(server.Image, planned.Machine.Vendor));
        return (root, await images.LayersAsync(variant.Base ?? release, parts, cancel));
    }

    /// <summary>A host in the VPC, created before the first server.</summary>
    private async Task EnsureNeighbourAsync(ServerSpec server, CancellationToken cancel)
    {
        await _addresses.WaitAsync(cancel);
        try
        {
            if (_neighbour is not null || File.Exists($"{sandbox.Root}/run/netns/{NeighbourName}"))
            {
                return;
            }

            var range = Cidr.Parse(server.VpcCidr);
            var address = range.At(NeighbourHost).ToString();
            var withPrefix = string.Create(CultureInfo.InvariantCulture, $"{address}/{range.PrefixLength}");
            await sandbox.RunAsync([NetworkScript, "attach", NeighbourName, NeighbourName, "-", withPrefix], null, cancel);
            await sandbox.RunAsync([NetworkScript, "address", NeighbourName, "-", withPrefix], null, cancel);
            _neighbour = new NetworkNeighbour(NetworkLinks.Private(NeighbourName), address, server.VpcId);
            StateFile.Write(NeighbourFile, _neighbour, MachineJson.Default.NetworkNeighbour);
        }
        finally
        {
            _addresses.Release();
        }

        await ApplyPolicyAsync(_applied, cancel);
    }

    private NetworkNeighbour? Neighbour(NetworkPolicy policy)
    {
        if (_neighbour is null && File.Exists($"{sandbox.Root}/run/netns/{NeighbourName}"))
        {
            _neighbour = StateFile.Read(NeighbourFile, MachineJson.Default.NetworkNeighbour);
        }

        // Another VPC is another network; the host stays in its own.
        return _neighbour is { } known && policy.Servers.Any(server => server.VpcId == known.VpcId) ? known : null;
    }

    private string NeighbourFile => Path.Combine(folder.Path, "neighbour.json");

    private static string NetworkScript => Path.Combine(AppContext.BaseDirectory, "Network", "network");

    private string ScratchFile(string serverId) => Path.Combine(folder.Volumes, $"scratch-{serverId}.img");

    private string SnapshotFile(string id) => Path.Combine(folder.Volumes, $"snapshot-{id}.tar");

    private string VolumeSnapshotFile(string id) => Path.Combine(folder.Volumes, $"copy-{id}.img");

    /// <summary>Copies a disk as a whole or not at all; what is empty takes no space.</summary>
    private static async Task CopyAsync(string from, string to, CancellationToken cancel)
    {
        await HostProgram.RunAsync("cp", ["--reflink=auto", "--sparse=always", from, $"{to}.new"], null, cancel);
        File.Move($"{to}.new", to, overwrite: true);
    }

    private string VolumeFile(string id) => Path.Combine(folder.Volumes, $"{id}.img");

    private async Task<ServerDisk> VolumeDiskAsync(string id, CancellationToken cancel)
    {
        if (!_volumes.TryGetValue(id, out var volume))
        {
            volume = StateFile.Read($"{VolumeFile(id)}.json", MachineJson.Default.VolumeSpec)
                ?? throw new StateFileException($"{VolumeFile(id)}.json", "it is missing");
        }

        var loop = await LoopDevices.AttachAsync(VolumeFile(id), (long)volume.SizeGiB << 30, volume.FileSystem, volume.Label, cancel);
        return new ServerDisk(loop, $"/dev/disk/by-id/scsi-0DO_Volume_{volume.Name}");
    }
}
