using System.Runtime.CompilerServices;
using Infra.Lab.Linux;

namespace Infra.Tests.Lab;

/// <summary>
/// The Debian packages of <c>clients/packages.txt</c>, unpacked below <c>artifacts/</c>: 500 MB that no test should install.
/// </summary>
/// <param name="Root">Folder with their files, as <c>usr/bin</c>.</param>
internal sealed record UnpackedPackages(string Root)
{
    private const string ListName = "packages.txt";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>Go's own folder: unpacked, or of this machine if its package is installed.</summary>
    public string GoRoot => Directory.Exists(At("usr/lib/go")) ? At("usr/lib/go") : "/usr/lib/go";

    /// <summary>Folders with Go's libraries.</summary>
    public string GoPath => $"{At("usr/share/gocode")}:/usr/share/gocode";

    /// <summary>Folder with Python's modules.</summary>
    public string PythonPath => At("usr/lib/python3/dist-packages");

    /// <summary>Downloads and unpacks what is neither there nor installed.</summary>
    /// <exception cref="ProgramException">apt has them not, or cannot be reached.</exception>
    public static async Task<UnpackedPackages> PrepareAsync()
    {
        var list = Path.Combine(SourceFolder(), "clients", ListName);
        var folder = Path.GetFullPath(Path.Combine(SourceFolder(), "../../artifacts/clients/debian"));
        var unpacked = new UnpackedPackages(Path.Combine(folder, "root"));
        var stamp = Path.Combine(folder, ListName);
        if (File.Exists(stamp) && File.ReadAllText(stamp) == File.ReadAllText(list))
        {
            return unpacked;
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var archives = Path.Combine(folder, "archives");
        Directory.CreateDirectory(Path.Combine(archives, "partial"));
        using var limit = new CancellationTokenSource(s_patience);
        string[] names = [.. File.ReadLines(list).Where(line => line.Length > 0 && line[0] != '#')];
        // Nothing is installed, so nothing of dpkg needs its lock.
        string[] download = ["-qq", "-y", "-o", $"Dir::Cache::archives={archives}", "-o", "Debug::NoLocking=1", "-o",
            "APT::Sandbox::User=root", "--no-install-recommends", "--download-only", "install", .. names];
        if ((await HostProgram.AskAsync("apt-get", download, cancel: limit.Token)).Status != 0)
        {
            // The lists of this machine may be old, or absent.
            await HostProgram.RunAsync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", "update"], cancel: limit.Token);
            await HostProgram.RunAsync("apt-get", download, cancel: limit.Token);
        }

        foreach (var archive in Directory.EnumerateFiles(archives, "*.deb"))
        {
            await HostProgram.RunAsync("dpkg-deb", ["--extract", archive, unpacked.Root], cancel: limit.Token);
            File.Delete(archive);
        }

        File.Copy(list, stamp);
        return unpacked;
    }

    private string At(string path) => Path.Combine(Root, path);

    private static string SourceFolder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
