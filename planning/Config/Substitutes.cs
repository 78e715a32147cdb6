using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>
/// Values in place of encrypted ones, which cannot be read here. An optional setting is omitted; a required one gets a value that passes
/// all rules. The program gets the real value from Pulumi and checks it then.
/// </summary>
internal static partial class Substitutes
{
    // RFC 5737 and RFC 2606: reserved for documentation.
    private const string Outside = "192.0.2.";
    private const string Inside = "10.255.255.";
    private const string Zone = "example.com";
    private const string Word = "encrypted";

    /// <summary>The substitute of a setting without which there is no plan; null: it is left out.</summary>
    public static string? Required(string path) =>
        path == "region" || EndpointModel().IsMatch(path) ? ConfigExamples.At(path) : null;

    /// <summary>What the rules ask for because of other settings.</summary>
    public static StackConfig BeforeRules(StackConfig config) => config.Encrypted.Count == 0 ? config : config with
    {
        Endpoints = config.Endpoints.ToDictionary(
            entry => entry.Key, entry => Endpoint(entry.Value, ConfigPath.Member("endpoints", entry.Key), config.Encrypted),
            StringComparer.Ordinal),
    };

    /// <summary>Elements of lists, which the rules skip where they are empty. Errors of what is not known are none.</summary>
    public static StackConfig AfterRules(StackConfig config, List<UserError> errors)
    {
        if (config.Encrypted.Count == 0)
        {
            return config;
        }
        errors.RemoveAll(error => config.Encrypted.Contains(error.Key, StringComparer.Ordinal));
        return config with
        {
            AdminCidrs = Filled(config.AdminCidrs, Range(Outside)),
            AdminSshKeys = [.. config.AdminSshKeys.Where(key => key.Length > 0)],
            Tags = Filled(config.Tags, Name),
            Endpoints = config.Endpoints.ToDictionary(entry => entry.Key, entry => Filled(entry.Value), StringComparer.Ordinal),
        };
    }

    private static EndpointConfig Endpoint(EndpointConfig endpoint, string path, IReadOnlyList<string> encrypted)
    {
        bool Has(string member) => encrypted.Contains(ConfigPath.Member(path, member), StringComparer.Ordinal);
        var domain = Has("domain") ? $"{Word}.{endpoint.DnsZone ?? Zone}" : endpoint.Domain;
        return endpoint with
        {
            Domain = domain,
            Access = Has("access") && domain is not null ? Access.Public : endpoint.Access,
        };
    }

    private static EndpointConfig Filled(EndpointConfig endpoint) => endpoint with
    {
        ClientCidrs = Filled(endpoint.ClientCidrs, Range(endpoint.Access == Access.Public ? Outside : Inside)),
        ClientTags = Filled(endpoint.ClientTags, Name),
        Clients = [.. endpoint.Clients.Select((client, index) => client.Name.Length > 0 ? client : client with { Name = Name(index) })],
        CorsOrigins = [.. endpoint.CorsOrigins.Where(origin => origin.Length > 0)],
    };

    private static IReadOnlyList<string> Filled(IReadOnlyList<string> texts, Func<int, string> substitute) =>
        [.. texts.Select((text, index) => text.Length > 0 ? text : substitute(index))];

    private static Func<int, string> Range(string start) => index => $"{start}{Number(index)}/32";

    private static string Name(int index) => $"{Word}-{Number(index)}";

    private static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^endpoints\b.*\.model\z", RegexOptions.CultureInvariant)]
    private static partial Regex EndpointModel();
}
