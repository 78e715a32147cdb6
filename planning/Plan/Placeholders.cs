using Infra.Planning.Config;
using Infra.Planning.Errors;

namespace Infra.Planning.Plan;

/// <summary>
/// Values of examples that were not replaced: addresses of RFC 5737 and RFC 3849, names of RFC 2606. No one connects from these addresses,
/// and no one has these names, so a stack with them is of no use to its operator.
/// </summary>
internal static class Placeholders
{
    private static readonly string[] s_names = ["example.com", "example.net", "example.org", "example"];

    /// <summary>One error for each, with the command that sets the value.</summary>
    public static IEnumerable<UserError> Of(StackConfig config) =>
    [
        .. Addresses("adminCidrs", config.AdminCidrs, "the address range that you connect from", ConfigExamples.Of("adminCidrs")),
        .. config.Endpoints.OrderBy(endpoint => endpoint.Key, StringComparer.Ordinal)
            .SelectMany(endpoint => Of(ConfigPath.Member("endpoints", endpoint.Key), endpoint.Value)),
    ];

    private static IEnumerable<UserError> Of(string path, EndpointConfig endpoint)
    {
        string At(string member) => ConfigPath.Member(path, member);
        if (endpoint.Access == Access.Public)
        {
            foreach (var error in Addresses(At("clientCidrs"), endpoint.ClientCidrs, "the range of your callers", "<range>"))
            {
                yield return error;
            }
        }
        foreach (var (member, what) in new[] { ("domain", endpoint.Domain), ("dnsZone", endpoint.DnsZone) })
        {
            if (what is not null && IsExample(what))
            {
                yield return Error(At(member), what, $"your {(member == "domain" ? "domain" : "zone at DigitalOcean")}",
                    member == "domain" ? "<domain>" : "<zone>");
            }
        }
        foreach (var (index, origin) in endpoint.CorsOrigins.Index())
        {
            if (Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsExample(page.Host))
            {
                yield return Error(ConfigPath.Element(At("corsOrigins"), index), origin, "the origin of your web page", "<origin>");
            }
        }
    }

    private static IEnumerable<UserError> Addresses(string path, IReadOnlyList<string> ranges, string what, string value) =>
        ranges.Index()
            .Where(entry => Cidr.TryParse(entry.Item, out var range, out _) && range.IsDocumentation)
            .Select(entry => Error(ConfigPath.Element(path, entry.Index), entry.Item, what, value));

    private static UserError Error(string path, string value, string what, string word) => new(path, value,
        $"is a placeholder, which pulumi up refuses; set {what}",
        $"pulumi config set --path {ConfigPath.Quoted(path)} {(word.StartsWith('<') ? ShellWord.Of(word) : word)}");

    private static bool IsExample(string domain) =>
        s_names.Any(name => domain == name || domain.EndsWith($".{name}", StringComparison.Ordinal));
}
