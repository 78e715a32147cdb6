using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Planning;

/// <summary>
/// Every name and tag in one place. They are a contract: another Pulumi name is another resource, and another tag another firewall.
/// In DigitalOcean's names a dot stands between the parts, because a stack or an endpoint may hold a hyphen and never a dot; a tag takes no
/// dot, and has a colon.
/// </summary>
public static partial class Names
{
    /// <summary>What a name of an endpoint or of a client must be, as the rest of a sentence.</summary>
    public const string NameRule = "a lower-case letter followed by at most 30 of lower-case letters, digits and '-'";

    /// <summary>Beginning of every tag that a firewall of a stack goes by.</summary>
    public const string TagPrefix = "inference:";

    private const int LongestName = 31;

    /// <summary>Longest label of a host name (RFC 1035).</summary>
    public const int LongestHostname = 63;

    /// <summary>Longest name of a Volume (DigitalOcean's API).</summary>
    public const int LongestVolumeName = 64;

    /// <summary>Pulumi's name of what a stack has once: its network, its SSH key, its certificate authority.</summary>
    public const string Network = "network";
    public const string OperatorKey = "operator";
    public const string Authority = "authority";

    public static bool IsName(string text) => NamePattern().IsMatch(text);

    /// <summary>A name near to one that is none: <c>my-chat</c> for <c>My_Chat</c>; with an index above 1, another one.</summary>
    public static string Nearest(string text, int index = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        var letters = string.Concat(text.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Trim('-');
        var suffix = index > 1 ? $"-{index.ToString(CultureInfo.InvariantCulture)}" : "";
        var name = letters.Length > 0 && char.IsAsciiLetter(letters[0]) ? letters : $"m{letters}";
        return $"{name[..Math.Min(name.Length, LongestName - suffix.Length)].TrimEnd('-')}{suffix}";
    }

    /// <summary>Tag of all Droplets of a stack.</summary>
    public static string StackTag(string stack) => $"{TagPrefix}{stack}";

    /// <summary>Tag of the Droplets of an endpoint.</summary>
    public static string EndpointTag(string stack, string endpoint) => $"{TagPrefix}{stack}:{endpoint}";

    /// <summary>DigitalOcean's name of what a stack has once: VPC, SSH key, firewall.</summary>
    public static string Cloud(string stack) => $"inference.{stack}";

    /// <summary>DigitalOcean's name of what an endpoint has once: firewall, load balancer.</summary>
    public static string Cloud(string stack, string endpoint) => $"inference.{stack}.{endpoint}";

    /// <summary>Pulumi's name of a node; its children add what they are.</summary>
    public static string Node(string endpoint, int index) => $"{endpoint}-{index.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Name and host name of a Droplet.</summary>
    public static string Hostname(string stack, string endpoint, int index) => $"{stack}-{Node(endpoint, index)}";

    /// <summary>Name of the Volume that keeps a node's weights. DigitalOcean takes letters, digits and hyphens, 64 at most.</summary>
    public static string CacheVolume(string stack, string endpoint, int index) => $"{Hostname(stack, endpoint, index)}-weights";

    /// <summary>Host name in the certificates of an endpoint, for clients that resolve it themselves.</summary>
    public static string InternalHost(string stack, string endpoint) => $"{endpoint}.{stack}.internal";

    /// <summary>Pulumi's name of a client's key.</summary>
    public static string ClientKey(string endpoint, string client) => $"{endpoint}.{client}";

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,30}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
