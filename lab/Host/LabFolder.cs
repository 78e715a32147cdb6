using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Infra.Planning.Errors;

namespace Infra.Lab.Host;

/// <summary>
/// Files of a lab that outlive a command: all of them in the cache folder; <c>down</c> deletes the lab's part.
/// </summary>
/// <param name="Cache">The cache: images and mirrors by content, and the labs.</param>
/// <param name="Id">Name of the lab: stack and project, so that clones of a project have separate labs.</param>
internal sealed partial record LabFolder(string Cache, string Id)
{
    /// <summary>Environment variable for the path of the cache.</summary>
    public const string CacheVariable = "INFRA_CACHE";

    public const string MirrorControlName = "mirrors.json";
    public const string MirrorLogName = "requests.log";

    private const int DigitsOfProject = 6;
    private const int LongestPath = 120;

    /// <summary>
    /// What the lab of <c>./infra cloud</c> is called; the point before its project keeps it apart from a stack of that name.
    /// </summary>
    private const string CloudName = "cloud";

    /// <summary>Name of the stack: the id without the project.</summary>
    public string Stack => Id[..^(DigitsOfProject + 1)];

    public string Path => System.IO.Path.Combine(Cache, "labs", Id);

    /// <summary>Whether it is that of <c>./infra cloud</c>, which belongs to no stack.</summary>
    public bool IsCloud => Id == $"{CloudName}.{Id[^DigitsOfProject..]}";

    /// <summary>The command that starts it, or repairs it.</summary>
    public string UpCommand => IsCloud ? "./infra cloud up" : $"./infra up {Stack}";

    /// <summary>The command that deletes it.</summary>
    public string DownCommand => IsCloud ? "./infra cloud down" : $"./infra down {Stack}";

    /// <summary>Files for all users of this machine, without secrets: certificates, catalogs.</summary>
    public string Public => System.IO.Path.Combine(Cache, "labs", $"{Id}.public");

    /// <summary>Where names lead, as options of dnsmasq, one a line; without the file all lead to the mirrors.</summary>
    public string Names => System.IO.Path.Combine(Path, "names.conf");

    /// <summary>The state of the cloud: resources with inputs and outputs, including secrets.</summary>
    public string Cloud => System.IO.Path.Combine(Path, "cloud");

    /// <summary>Keys and certificates for the printed commands.</summary>
    public string Access => System.IO.Path.Combine(Path, "access");

    /// <summary>Console of each server, and the files behind its disks.</summary>
    public string Servers => System.IO.Path.Combine(Path, "servers");

    public string Volumes => System.IO.Path.Combine(Path, "volumes");

    public string Balancers => System.IO.Path.Combine(Path, "balancers");

    /// <summary>Keys of SSH connections, while they exist.</summary>
    public string Connections => System.IO.Path.Combine(Path, "ssh");

    /// <summary>Bandwidths and faults of the mirrors, which may change at any time.</summary>
    public string MirrorControl => System.IO.Path.Combine(Path, MirrorControlName);

    public string MirrorLog => System.IO.Path.Combine(Path, MirrorLogName);

    /// <summary>Lock for changes of the lab.</summary>
    public string Lock => System.IO.Path.Combine(Cache, "labs", $"{Id}.lock");

    /// <summary>Beginning of the cgroups of all labs.</summary>
    public const string AnyCgroup = "infra-";

    /// <summary>Prefix of the lab's cgroups.</summary>
    public string CgroupPrefix => $"{AnyCgroup}{Id}-";

    /// <summary>The lab of a stack of a project, in the current user's cache or in another one.</summary>
    public static LabFolder Of(string projectFolder, string stack, string? cache = null)
    {
        return new LabFolder(cache ?? CacheFolder(), $"{stack}-{Digest(projectFolder)}");
    }

    /// <summary>The lab of <c>./infra cloud</c>: one for each project.</summary>
    public static LabFolder OfCloud(string projectFolder, string? cache = null) =>
        new(cache ?? CacheFolder(), $"{CloudName}.{Digest(projectFolder)}");

    /// <summary>The lab of a path, as given to its processes.</summary>
    public static LabFolder At(string path) =>
        new(System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(path))!, System.IO.Path.GetFileName(path));

    /// <summary>Stacks of a project with a folder or processes, whatever the state of their files.</summary>
    public static IReadOnlyList<string> StacksOf(string projectFolder)
    {
        var labs = System.IO.Path.Combine(CacheFolder(), "labs");
        var ending = $"-{Digest(projectFolder)}";
        var there = Directory.Exists(labs) ? Directory.EnumerateFileSystemEntries(labs, $"?*{ending}") : [];
        var running = Sandbox.RunningFolders().Where(path => System.IO.Path.GetDirectoryName(path) == labs
            && System.IO.Path.GetFileName(path) is var id && id.Length > ending.Length && id.EndsWith(ending, StringComparison.Ordinal));
        return
        [
            .. there.Concat(running).Select(path => new LabFolder("", System.IO.Path.GetFileName(path)).Stack)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex(@"^(.+-|cloud\.)[0-9a-f]{6}\z")]
    private static partial Regex OfProject();

    private static string Digest(string projectFolder) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(System.IO.Path.GetFullPath(projectFolder))))[..DigitsOfProject];

    /// <summary>Name of the stack that a file belongs to; null if it is in no lab's folder.</summary>
    public static string? StackOf(string file) => Owning(file)?.Stack;

    /// <summary>The lab that a file belongs to; null if it is in no lab's folder.</summary>
    public static LabFolder? Owning(string file)
    {
        var parts = file.Split(System.IO.Path.DirectorySeparatorChar);
        var id = parts.Skip(Array.LastIndexOf(parts, "labs") + 1).FirstOrDefault() ?? "";
        return parts.Contains("labs") && OfProject().IsMatch(id) ? new LabFolder("", id) : null;
    }

    /// <summary>The cache folder.</summary>
    /// <exception cref="ConfigurationException">The path would be misread by programs that use it.</exception>
    public static string CacheFolder() => NamedFolder() is var folder && Problem(folder) is { } problem
        ? throw new ConfigurationException(new UserError(
            CacheVariable, folder, problem, $"{CacheVariable}=/var/cache/infra-lab ./infra up"))
        : folder;

    /// <summary>
    /// Why a folder cannot be the cache; null: it can. Mount options end at colons and commas, ssh options at blanks and at %.
    /// </summary>
    internal static string? Problem(string folder) =>
        folder.FirstOrDefault(letter => !char.IsLetterOrDigit(letter)
            && letter is not ('/' or '.' or '_' or '-' or '+' or '@' or '=' or '~')) is var odd and not '\0'
            ? $"has {(char.IsControl(odd) ? "a control character" : $"'{odd}'")} in its path, which mounts and ssh would misread"
            : folder.Length > LongestPath
                ? $"has a path of more than {LongestPath} characters: those of sockets and mounts below it would be too long"
            : null;

    internal static string NamedFolder()
    {
        if (Environment.GetEnvironmentVariable(CacheVariable) is { Length: > 0 } named)
        {
            return System.IO.Path.GetFullPath(named);
        }

        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given
            ? given
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return System.IO.Path.Combine(caches, "infra-lab");
    }

    public void Create()
    {
        foreach (var folder in new[] { Path, Cloud, Access, Servers, Volumes, Balancers })
        {
            // Something else is in the way, possibly a link to any place.
            if (File.Exists(folder) || new DirectoryInfo(folder).LinkTarget is not null)
            {
                File.Delete(folder);
            }

            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
