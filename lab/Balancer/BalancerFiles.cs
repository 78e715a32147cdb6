using System.Security.Cryptography;
using System.Text.Json;
using Infra.Lab.Machines;

namespace Infra.Lab.Balancer;

/// <summary>How the machine room and a load balancer's process talk: one file each way, always whole.</summary>
internal static class BalancerFiles
{
    /// <summary>Writes a specification for the process to follow; returns what <see cref="BalancerStatus.Spec"/> will then say.</summary>
    public static async Task<string> WriteSpecAsync(string path, BalancerSpec spec, CancellationToken cancel)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(spec, BalancerJson.Default.BalancerSpec);
        await WriteAsync(path, bytes, cancel);
        return Stamp(bytes);
    }

    /// <summary>Null before the process has written one.</summary>
    public static async Task<BalancerStatus?> ReadStatusAsync(string path, CancellationToken cancel)
    {
        try
        {
            return JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancel), BalancerJson.Default.BalancerStatus);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    internal static string Stamp(ReadOnlySpan<byte> spec) => Convert.ToHexStringLower(SHA256.HashData(spec));

    /// <summary>For the owner alone: a specification holds private keys.</summary>
    internal static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var unfinished = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        await using (var file = new FileStream(unfinished, options))
        {
            await file.WriteAsync(bytes, cancel);
        }
        File.Move(unfinished, path, overwrite: true);
    }
}
