using System.Collections;
using System.Text.RegularExpressions;
using Infra.Lab.Host;
using Infra.Lab.Linux;

namespace Infra.Lab.Cloud;

/// <summary>
/// Runs programs of this machine inside: as a host of the lab's internet, with the lab's names and authority, as the user who called
/// <c>./infra</c>.
/// </summary>
internal static partial class CloudShell
{
    /// <summary>Set by <c>./infra</c> when it gets its privileges by sudo: number of the caller and of its group.</summary>
    public const string CallerVariable = "INFRA_CALLER";
    public const string CallerHomeVariable = "INFRA_CALLER_HOME";
    public const string CallerPathVariable = "INFRA_CALLER_PATH";

    /// <summary>The caller's umask, which the script <c>enter</c> sets again.</summary>
    public const string CallerUmaskVariable = "INFRA_CALLER_UMASK";

    /// <summary>Folder with a catalog file for each served stack.</summary>
    public const string CatalogsVariable = "INFRA_LAB_CATALOGS";

    private const string NoCaller = "-";

    /// <summary>
    /// Variables that name a file with certificate authorities: of Go, OpenSSL and .NET, curl, Python, Node.js, git, pip and AWS's
    /// libraries.
    /// </summary>
    private static readonly string[] s_authorityVariables =
    [
        "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO", "PIP_CERT", "AWS_CA_BUNDLE",
        "NIX_SSL_CERT_FILE", "HTTPLIB2_CA_CERTS", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "CARGO_HTTP_CAINFO",
    ];

    /// <summary>
    /// What reads a token: Terraform, Pulumi and DigitalOcean's libraries; doctl; Packer and DigitalOcean's MCP server; Ansible; lego;
    /// ExternalDNS. A real token under any of these names stays outside.
    /// </summary>
    private static readonly string[] s_tokenVariables =
    [
        "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_API_TOKEN", "DO_API_TOKEN", "DO_AUTH_TOKEN", "DO_TOKEN",
    ];

    /// <summary>The lab has no proxy, and no service that a program could ask for its own news.</summary>
    private static readonly Dictionary<string, string> s_quiet = new(StringComparer.Ordinal)
    {
        ["PULUMI_SKIP_UPDATE_CHECK"] = "true",
        ["CHECKPOINT_DISABLE"] = "1",
        // NuGet would fetch its list of vulnerabilities at each restore, even of what is there.
        ["NuGetAudit"] = "false",
    };

    [GeneratedRegex(@"^[0-9]{1,10}:[0-9]{1,10}\z")]
    private static partial Regex Ids();

    [GeneratedRegex("^((http|https|ftp|all)_proxy|SUDO_.*|INFRA_CALLER.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Dropped();

    /// <summary>Replaces this process by a program inside.</summary>
    /// <param name="cloud">The running cloud.</param>
    /// <param name="command">The program and its arguments; empty: the caller's shell.</param>
    public static void Become(CloudLab cloud, IReadOnlyList<string> command)
    {
        var (words, inside) = Start(cloud, command, new Dictionary<string, string>());
        ProgramReplacement.Become(words, inside);
    }

    /// <summary>
    /// How a program inside is started: its command line, which enters the network and a mount namespace of its own and gives up root, and
    /// its environment.
    /// </summary>
    /// <param name="cloud">The running cloud.</param>
    /// <param name="command">The program and its arguments; empty: the caller's shell.</param>
    /// <param name="more">Variables that are added to those of this process.</param>
    internal static (string[] Words, IReadOnlyDictionary<string, string> Environment) Start(
        CloudLab cloud, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> more)
    {
        var outside = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            outside[name] = value;
        }

        var inside = EnvironmentOf(outside, cloud.Files, cloud.Folder, cloud.ReadToken());
        string[] program = command.Count > 0 ? [.. command] : [inside.GetValueOrDefault("SHELL", "/bin/sh")];
        return (cloud.Sandbox.Network(CloudLab.GuestName,
            ["unshare", "--mount", "--propagation", "private", "--", Path.Combine(Sandbox.Scripts, "enter"), cloud.Files.Etc,
                CallerOf(outside), .. program]), inside);
    }

    /// <summary>User and group of the caller, or <c>-</c>: the program stays what this process is.</summary>
    internal static string CallerOf(IReadOnlyDictionary<string, string> outside) =>
        outside.GetValueOrDefault(CallerVariable) is { } caller && Ids().IsMatch(caller) ? caller : NoCaller;

    /// <summary>The environment of a program inside.</summary>
    /// <param name="outside">That of this process.</param>
    /// <param name="files">Files of the cloud.</param>
    /// <param name="folder">Its lab.</param>
    /// <param name="token">Its token: in the environment, which other users cannot read, and in no argument.</param>
    internal static IReadOnlyDictionary<string, string> EnvironmentOf(
        IReadOnlyDictionary<string, string> outside, CloudFiles files, LabFolder folder, string token)
    {
        var inside = outside.Where(entry => !Dropped().IsMatch(entry.Key)).ToDictionary(StringComparer.Ordinal);
        if (CallerOf(outside) != NoCaller)
        {
            // sudo has set these to root's.
            Restore("HOME", outside.GetValueOrDefault(CallerHomeVariable));
            Restore("PATH", outside.GetValueOrDefault(CallerPathVariable));
            Restore("USER", outside.GetValueOrDefault("SUDO_USER"));
            Restore("LOGNAME", outside.GetValueOrDefault("SUDO_USER"));
        }

        foreach (var name in s_authorityVariables)
        {
            inside[name] = files.Authorities;
        }

        foreach (var name in s_tokenVariables)
        {
            inside[name] = token;
        }

        foreach (var (name, value) in s_quiet)
        {
            inside[name] = value;
        }

        if (outside.GetValueOrDefault(CallerUmaskVariable) is { } umask)
        {
            inside[CallerUmaskVariable] = umask;
        }

        inside[CatalogsVariable] = Path.Combine(folder.Public, CloudCatalog.FolderName);
        return inside;

        void Restore(string name, string? value)
        {
            if (value is not null)
            {
                inside[name] = value;
            }
        }
    }
}
