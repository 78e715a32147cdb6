using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.Machines;

/// <summary>What every server boots from, made once and kept by content: see <c>scripts/prepare-image</c>.</summary>
/// <param name="Folder">Of this version.</param>
internal sealed record DebianImage(string Folder)
{
    public string Root => Path.Combine(Folder, "root");
    public string Packages => Path.Combine(Folder, "apt");
    public string EngineRoot => Path.Combine(Folder, "engine.tar");
    public string Certificate => Path.Combine(Folder, "tls", "mirror.pem");
    public string CertificateKey => Path.Combine(Folder, "tls", "mirror.key");
    public string PipWheel => Directory.EnumerateFiles(Path.Combine(Folder, "wheels"), "pip-*.whl").Single();

    private static string Sources => Path.Combine(AppContext.BaseDirectory, "Machines");

    /// <summary>The image of these sources; makes it if there is none, while others that want the same wait.</summary>
    public static async Task<DebianImage> PrepareAsync(string cache, Action<string> say, CancellationToken cancel)
    {
        var image = new DebianImage(Path.Combine(cache, "images", Revision()));
        if (Directory.Exists(image.Folder))
        {
            return image;
        }

        using var held = await FolderLock.TakeAsync($"{image.Folder}.lock", holder => say($"waiting for process {holder}, which makes the servers' image ..."), cancel);
        if (Directory.Exists(image.Folder))
        {
            return image;
        }

        say("making the servers' image from Debian packages (once, a minute or two) ...");
        foreach (var abandoned in Directory.EnumerateDirectories(Path.GetDirectoryName(image.Folder)!, "*.new").Where(IsOld))
        {
            Directory.Delete(abandoned, recursive: true);
        }

        await HostProgram.RunAsync(Path.Combine(Sources, "scripts", "prepare-image"), [image.Folder], null, cancel);
        return image;
    }

    // One that is being made is younger: whoever makes it may outlive the command that asked for it.
    private static bool IsOld(string folder) => DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > TimeSpan.FromHours(1);

    /// <summary>Hash of what it is made from.</summary>
    private static string Revision()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Directory.EnumerateFiles(Path.Combine(Sources, "image"), "*", SearchOption.AllDirectories)
            .Append(Path.Combine(Sources, "scripts", "prepare-image")).Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(Sources, file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
