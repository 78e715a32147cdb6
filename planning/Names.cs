using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Planning;

/// <summary>
/// All names and tags. They are a contract: another Pulumi name is another resource, another tag another firewall. DigitalOcean names
/// separate their parts with a dot, because stack and endpoint names may contain a hyphen but no dot; tags use a colon, because they cannot
/// contain a dot.
/// </summary>
public static partial class Names
{
    /// <summary>Rule for names of endpoints and clients, as the rest of a sentence.</summary>
    public const string NameRule =
        "a lower-case letter followed by at most 30 of lower-case letters, digits and '-', and no '-' at the end";

    /// <summary>Prefix of all firewall tags of a stack.</summary>
    public const string TagPrefix = "inference:";

    private const int LongestName = 31;

    /// <summary>Longest label of a host name (RFC 1035).</summary>
    public const int LongestHostname = 63;

    /// <summary>Longest name of a Volume (DigitalOcean's API).</summary>
    public const int LongestVolumeName = 64;

    /// <summary>Pulumi's name of resources that a stack has once: network, SSH key, certificate authority.</summary>
    public const string Network = "network";
    public const string OperatorKey = "operator";
    public const string Authority = "authority";

    public static bool IsName(string text) => NamePattern().IsMatch(text);

    /// <summary>A valid name similar to an invalid one: <c>my-chat</c> for <c>My_Chat</c>; with an index above 1, another one.</summary>
    public static string Nearest(string text, int index = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        var letters = string.Concat(text.ToLowerInvariant()
            .Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Trim('-');
        var suffix = index > 1 ? $"-{index.ToString(CultureInfo.InvariantCulture)}" : "";
        var name = letters.Length > 0 && char.IsAsciiLetter(letters[0]) ? letters : $"m{letters}";
        return $"{name[..Math.Min(name.Length, LongestName - suffix.Length)].TrimEnd('-')}{suffix}";
    }

    /// <summary>Tag of all Droplets of a stack.</summary>
    public static string StackTag(string stack) => $"{TagPrefix}{stack}";

    /// <summary>Tag of the Droplets of an endpoint.</summary>
    public static string EndpointTag(string stack, string endpoint) => $"{TagPrefix}{stack}:{endpoint}";

    /// <summary>DigitalOcean's name of resources that a stack has once: VPC, SSH key, firewall.</summary>
    public static string Cloud(string stack) => $"inference.{stack}";

    /// <summary>DigitalOcean's name of resources that an endpoint has once: firewall, load balancer.</summary>
    public static string Cloud(string stack, string endpoint) => $"inference.{stack}.{endpoint}";

    /// <summary>Pulumi's name of a node; its children append their type.</summary>
    public static string Node(string endpoint, int index) => $"{endpoint}-{index.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Name and host name of a Droplet.</summary>
    public static string Hostname(string stack, string endpoint, int index) => $"{stack}-{Node(endpoint, index)}";

    /// <summary>Name of the Volume with a node's weights. DigitalOcean accepts at most 64 letters, digits and hyphens.</summary>
    public static string CacheVolume(string stack, string endpoint, int index) => $"{Hostname(stack, endpoint, index)}-weights";

    /// <summary>Host name in the certificates of an endpoint, for clients with their own name resolution.</summary>
    public static string InternalHost(string stack, string endpoint) => $"{endpoint}.{stack}.internal";

    /// <summary>Pulumi's name of a client's key.</summary>
    public static string ClientKey(string endpoint, string client) => $"{endpoint}.{client}";

    [GeneratedRegex(@"^[a-z]([a-z0-9-]{0,29}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
