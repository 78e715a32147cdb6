using System.Globalization;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Rules for the domain of a public endpoint and its zone.</summary>
internal sealed class DomainRules(List<UserError> errors)
{
    // RFC 6761, 6762, 7686, 8375, 9476, and ICANN's name for private use: no public DNS, so no certificate.
    private static readonly string[] s_reserved =
        ["internal", "local", "localhost", "test", "invalid", "onion", "alt", "arpa", "lan", "home", "corp", "localdomain", "intranet"];

    /// <param name="endpoint">A public endpoint.</param>
    /// <param name="path">Its path.</param>
    public void Check(EndpointConfig endpoint, string path)
    {
        var (at, atZone) = (ConfigPath.Member(path, "domain"), ConfigPath.Member(path, "dnsZone"));
        if (endpoint.Domain is not { } domain)
        {
            if (!errors.Any(error => error.Key == at))
            {
                errors.Add(UserError.InStackConfig(at, null, "is missing: a public endpoint needs a domain for its certificate",
                    endpoint.DnsZone is { } given && IsPublic(given) ? $"llm.{given}" : null));
            }
            return;
        }
        var right = domain;
        if (!ConfigPatterns.Domain().IsMatch(domain))
        {
            right = Meant(domain);
            errors.Add(UserError.InStackConfig(at, ShownValue.Mask(domain),
                "is not a host name: labels of lower-case letters, digits and '-' with dots between, without scheme, port or path", right));
        }
        else if (!IsPublic(domain))
        {
            right = null;
            errors.Add(UserError.InStackConfig(at, domain,
                $"ends in .{domain.Split('.')[^1]}, which is not part of the public DNS: no authority issues a certificate for it"));
        }
        if (endpoint.DnsZone is { } zone)
        {
            Zone(atZone, zone, right ?? ConfigExamples.Of("domain"));
        }
    }

    private void Zone(string path, string zone, string domain)
    {
        bool Holds(string name) => domain == name || domain.EndsWith($".{name}", StringComparison.Ordinal);
        var isZone = ConfigPatterns.Domain().IsMatch(zone);
        if (isZone && Holds(zone))
        {
            return;
        }
        // The default is the domain without its first label.
        errors.Add(new(path, ShownValue.Mask(zone), isZone
            ? $"does not contain {domain}"
            : "is not a zone: labels of lower-case letters, digits and '-' with dots between",
            Meant(zone) is { } meant && Holds(meant) ? ConfigFix.Set(path, meant) : ConfigFix.Remove(path)));
    }

    private static bool IsPublic(string domain) => !s_reserved.Contains(domain.Split('.')[^1], StringComparer.Ordinal);

    /// <summary>The name as the DNS has it: <c>xn--mller-kva.de</c> for <c>müller.de</c>.</summary>
    private static string Punycode(string name)
    {
        try
        {
            return new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }

    /// <summary>The host name in a URL, a pattern or a name in another case; null if there is none.</summary>
    private static string? Meant(string text)
    {
        var name = text.ToLowerInvariant();
        var scheme = name.IndexOf("://", StringComparison.Ordinal);
        name = (scheme < 0 ? name : name[(scheme + 3)..]).Split('/', ':', '?', '#')[0].Trim('.');
        name = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        name = Punycode(name.Replace('_', '-').Trim());
        return ConfigPatterns.Domain().IsMatch(name) && IsPublic(name) ? name : null;
    }
}
