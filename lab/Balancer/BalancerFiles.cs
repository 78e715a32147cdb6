using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Infra.Lab.Files;
using Infra.Lab.Linux;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>How the host runtime and a load balancer's process talk: one file each way, always whole.</summary>
internal static class BalancerFiles
{
    /// <summary>How often the process says that it is there, and how long it may be late on a busy machine.</summary>
    internal static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    /// <summary>Writes a specification for the process to follow; returns what <see cref="BalancerStatus.Spec"/> will then say.</summary>
    public static string WriteSpec(string path, BalancerSpec spec)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(spec, BalancerJson.Default.BalancerSpec);
        Write(path, bytes);
        return Stamp(bytes);
    }

    /// <summary>
    /// What a load balancer does now: what its process says, if that runs and has said so of late. The same file with the healthy servers
    /// of an hour ago lies there after it has ended.
    /// </summary>
    /// <param name="specFile">Its specification; the other file lies next to it.</param>
    public static BalancerStatus StatusNow(string specFile)
    {
        var file = $"{specFile}.status";
        BalancerStatus? status = null;
        try
        {
            status = JsonSerializer.Deserialize(File.ReadAllBytes(file), BalancerJson.Default.BalancerStatus);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // Not there yet, or damaged: it is written again when something changes.
        }

        var silent = DateTime.UtcNow - File.GetLastWriteTimeUtc(file);
        var problem = HostProcesses.WithWords(words => words.Length > 3 && words[^3] == "__balancer" && words[^2] == specFile
            && Path.GetFileName(words[0]) == "dotnet").Count == 0
            ? "its process is not running"
            : status is null ? "its process has reported nothing yet"
            : silent > LongestSilence
                ? string.Create(CultureInfo.InvariantCulture, $"its process has reported nothing for {silent.TotalSeconds:0} s")
            : null;
        return problem is null
            ? status!
            : new BalancerStatus("", problem, [], 0, 0, 0, 0,
                [.. (status?.Backends ?? []).Select(server => server with { Healthy = false, LastError = problem })]);
    }

    internal static string Stamp(ReadOnlySpan<byte> spec) => Convert.ToHexStringLower(SHA256.HashData(spec));

    /// <summary>For the owner alone: a specification holds private keys.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> bytes) => AtomicFile.Write(path, bytes, AtomicFile.Private);
}
