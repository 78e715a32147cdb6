using System.Globalization;

namespace Infra.Lab.Linux;

/// <summary>
/// Disks of servers: sparse files behind loop devices. Loop devices belong to the machine, not to the lab's namespaces, so they are found
/// by their file.
/// </summary>
internal static class LoopDevices
{
    /// <summary>
    /// Creates the file if necessary, formats it as requested, and attaches it; returns the number of the device. An existing file grows to
    /// the size and keeps its content.
    /// </summary>
    public static async Task<int> AttachAsync(string file, long bytes, string? fileSystem, string? label, CancellationToken cancel)
    {
        if (File.Exists(file) && new FileInfo(file).Length < bytes)
        {
            await using var grown = new FileStream(file, FileMode.Open);
            grown.SetLength(bytes);
        }

        if (await NumberAsync(file, cancel) is { } attached)
        {
            await HostProgram.RunAsync("losetup", ["--set-capacity", Device(attached)], null, cancel);
            return attached;
        }

        if (!File.Exists(file))
        {
            var unfinished = $"{file}.new";
            await using (var stream = new FileStream(unfinished, FileMode.Create))
            {
                stream.SetLength(bytes);
            }

            if (fileSystem is not null)
            {
                string[] quiet = fileSystem == "xfs" ? ["-q"] : ["-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1"];
                await HostProgram.RunAsync($"mkfs.{fileSystem}",
                    [.. quiet, .. label is null ? Array.Empty<string>() : ["-L", label], unfinished], null, cancel);
            }

            File.Move(unfinished, file);
        }

        var device = await HostProgram.RunAsync("losetup", ["--find", "--show", file], null, cancel);
        return Number(device);
    }

    public static async Task DetachAsync(string file, CancellationToken cancel)
    {
        if (await NumberAsync(file, cancel) is { } number)
        {
            await HostProgram.RunAsync("losetup", ["--detach", Device(number)], null, cancel);
        }
    }

    private static async Task<int?> NumberAsync(string file, CancellationToken cancel)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var devices = await HostProgram.RunAsync("losetup", ["--noheadings", "--output", "NAME", "--associated", file], null, cancel);
        return devices.Trim() is { Length: > 0 } found ? Number(found.Split('\n')[0]) : null;
    }

    private static string Device(int number) => $"/dev/loop{number.ToString(CultureInfo.InvariantCulture)}";

    private static int Number(string device) => int.Parse(device.Trim()["/dev/loop".Length..], CultureInfo.InvariantCulture);
}
