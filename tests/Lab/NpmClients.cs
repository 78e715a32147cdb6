using System.Runtime.CompilerServices;
using Infra.Lab.Linux;

namespace Infra.Tests.Lab;

/// <summary>Client libraries for JavaScript in the versions of a <c>package-lock.json</c>, installed below <c>artifacts/</c>.</summary>
internal static class NpmClients
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Folder with the libraries and the programs that use them. Asks the package registry unless the same versions are there.
    /// </summary>
    /// <param name="path">The folder with their sources, below this one: <c>openai</c>.</param>
    public static async Task<string> InstalledAsync(string path)
    {
        Assert.True(Found("node") && Found("npm"),
            $"node and npm are not on the PATH, and the client libraries in tests/Lab/{path} are written in JavaScript: apt-get install "
                + "nodejs npm, then run this again");
        var source = Path.Combine(SourceFolder(), path);
        var folder = Path.GetFullPath(Path.Combine(SourceFolder(), "../../artifacts", path));
        var installed = Path.Combine(folder, "node_modules", ".package-lock.json");
        Directory.CreateDirectory(folder);
        var same = File.Exists(installed) && Same("package.json") && Same("package-lock.json");
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        if (!same)
        {
            using var limit = new CancellationTokenSource(s_patience);
            // No script of a package runs: it is installed by root.
            var answer = await HostProgram.AskAsync(
                "npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"], cancel: limit.Token);
            Assert.True(answer.Status == 0, $"npm ci in {folder}: {answer.Errors}");
        }

        return folder;

        bool Same(string file) => File.Exists(Path.Combine(folder,
            file)) && File.ReadAllText(Path.Combine(folder, file)) == File.ReadAllText(Path.Combine(source, file));
    }

    private static bool Found(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string SourceFolder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
