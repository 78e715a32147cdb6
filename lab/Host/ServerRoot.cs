using System.Formats.Tar;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Infra.Lab.Specs;

namespace Infra.Lab.Host;

/// <summary>
/// A server's own files in its root: the cloud-init seed with the user data, the hardware description, the device nodes. Everything else is
/// the shared image.
/// </summary>
/// <param name="Server">The server.</param>
/// <param name="Machine">Its hardware.</param>
/// <param name="Disks">Block devices by path on the server: link and minor number of a loop device.</param>
/// <param name="Vcpus">CPU limit; 0: unknown.</param>
/// <param name="MemoryBytes">Memory limit; 0: unknown.</param>
/// <param name="Extra">Additional files, by path.</param>
internal sealed record ServerRoot(ServerSpec Server, MachineDescription Machine, IReadOnlyList<ServerDisk> Disks, int Vcpus,
    long MemoryBytes, IReadOnlyDictionary<string, byte[]> Extra)
{
    private const string Seed = "var/lib/cloud/seed/nocloud";

    /// <summary>The files as a tar archive, relative to the root.</summary>
    public byte[] Pack()
    {
        using var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (path, content) in Files().Select(file => (file.Path, Encoding.UTF8.GetBytes(file.Content)))
                .Concat(Extra.Select(file => (file.Key, file.Value))))
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)
                {
                    DataStream = new MemoryStream(content),
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                });
            }
        }

        return packed.ToArray();
    }

    private IEnumerable<(string Path, string Content)> Files()
    {
        yield return ($"{Seed}/user-data", Server.UserData);
        yield return ($"{Seed}/meta-data", $"instance-id: {Server.Id}\nlocal-hostname: {Server.Name}\n"
            + (Server.PublicKeys.Count > 0 ? $"public-keys: {JsonSerializer.Serialize(Server.PublicKeys)}\n" : ""));
        if (Server.PublicKeys.Count > 0)
        {
            // DigitalOcean's vendor data: the keys of a Droplet are root's.
            yield return ($"{Seed}/vendor-data", "#cloud-config\ndisable_root: false\n");
        }

        yield return ($"{Seed}/network-config", NetworkConfig());
        yield return (MachineDescription.Path.TrimStart('/'), JsonSerializer.Serialize(Machine, MachineJson.Default.MachineDescription));
        yield return ("etc/tmpfiles.d/lab-devices.conf", string.Concat(Devices().Select(line => $"{line}\n")));
    }

    // By name, not by MAC address: netplan turns the latter into PermanentMACAddress=, which a veth lacks.
    private string NetworkConfig() =>
        $$"""
        version: 2
        ethernets:
          eth0:
            addresses: [{{Server.PublicAddress}}/24]
            accept-ra: false
            nameservers: {addresses: [{{Sandbox.MirrorAddress}}]}
            routes: [{to: 0.0.0.0/0, via: {{Sandbox.MirrorAddress}}}]
          eth1:
            addresses: [{{Server.PrivateAddress}}/{{Server.VpcCidr.Split('/')[1]}}]
            accept-ra: false

        """;

    // A GPU is a device node like /dev/null: it can be opened, passed on and forbidden, and does nothing.
    private IEnumerable<string> Devices()
    {
        if (Machine.Vendor != MachineDescription.NoVendor)
        {
            // The drivers of both vendors create DRM nodes for their cards, with their own groups.
            yield return "d /dev/dri 0755 root root -";
        }

        for (var index = 0; index < Machine.Count; index++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"c! /dev/dri/card{index} 0660 root video - 1:3");
            yield return string.Create(CultureInfo.InvariantCulture, $"c! /dev/dri/renderD{128 + index} 0660 root render - 1:3");
        }

        if (Machine.Vendor == "amd")
        {
            yield return "c! /dev/kfd 0660 root render - 1:3";
        }
        else if (Machine.Vendor != MachineDescription.NoVendor)
        {
            foreach (var node in Enumerable.Range(0, Machine.Count).Select(index => $"nvidia{index.ToString(CultureInfo.InvariantCulture)}")
                .Append("nvidiactl").Append("nvidia-uvm"))
            {
                yield return $"c! /dev/{node} 0666 root root - 1:3";
            }
        }

        foreach (var disk in Disks)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"b! /dev/loop{disk.Loop} 0660 root disk - {ServerDisk.LoopMajor}:{disk.Loop}");
            if (disk.Link is { } link)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"L! {link} - - - - /dev/loop{disk.Loop}");
            }
        }
    }
}

/// <summary>A block device of a server.</summary>
/// <param name="Loop">Number of the machine's loop device.</param>
/// <param name="Link">Path under <c>/dev/disk</c> that leads to it, or null.</param>
internal sealed record ServerDisk(int Loop, string? Link)
{
    public const int LoopMajor = 7;
}
