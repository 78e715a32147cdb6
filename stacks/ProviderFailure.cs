using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Planning.Errors;

namespace Infra.Stacks;

/// <summary>What DigitalOcean was asked for.</summary>
/// <param name="What">Its rows, as a word.</param>
/// <param name="Scope">The token's scope that the answer needs.</param>
internal sealed record ProviderQuestion(string What, string Scope)
{
    public static readonly ProviderQuestion Sizes = new("sizes", "sizes:read");
    public static readonly ProviderQuestion Tags = new("tags", "tag:read");
}

/// <summary>Explains in one message why DigitalOcean's sizes or tags are unavailable.</summary>
internal static partial class ProviderFailure
{
    private const string Tokens = "https://cloud.digitalocean.com/account/api/tokens";
    private const string Again = "pulumi preview";

    /// <param name="text">The SDK's message: the provider's text, possibly inside gRPC's.</param>
    /// <param name="token">The provider's token.</param>
    /// <param name="question">What was asked for. Default: the sizes.</param>
    public static UserError Explain(string text, ProviderToken token, ProviderQuestion? question = null)
    {
        var (what, scope) = question ?? ProviderQuestion.Sizes;
        var words = Words(text, token);
        var asSet = token.Source ?? ProviderToken.Variable;
        return Status(words) switch
        {
            401 when token.Source is null => new(ProviderToken.Variable, null,
                $"is not set, and neither is digitalocean:token: DigitalOcean requires an API token. It returned: {words}",
                Export(ProviderToken.Variable)),
            401 => new(asSet, null,
                $"is not a token that DigitalOcean accepts: it is mistyped, expired or revoked. DigitalOcean returned: {words}",
                $"create a new one at {Tokens}, then {Export(asSet)}"),
            403 => new(asSet, null, $"is a token without access to {what}: its scopes lack {scope}. DigitalOcean returned: {words}",
                $"give it full access, or the scopes that docs/operations.md lists, at {Tokens}"),
            404 => new("DIGITALOCEAN_API_URL", null, $"or digitalocean:apiEndpoint is not the address of DigitalOcean's API: {words}",
                "unset DIGITALOCEAN_API_URL"),
            429 => new("DigitalOcean", null, $"received too many requests from this account: {words}",
                $"wait until the hour is over, then {Again}"),
            >= 500 => new("DigitalOcean", null, $"has an internal error: {words}", $"see https://status.digitalocean.com, then {Again}"),
            > 0 => new("DigitalOcean", null, $"did not list its {what}: {words}", $"check {asSet}, then {Again}"),
            _ when BadToken().IsMatch(words) =>
                new(asSet, null, $"has an invalid character, such as a line break at its end: {words}", Export(asSet)),
            _ when Network().IsMatch(words) => new("DigitalOcean", null, $"is unreachable from this machine: {words}",
                "check the network, its proxy (HTTPS_PROXY) and its certificates: curl -sS https://api.digitalocean.com/v2"),
            _ when Plugin().IsMatch(words) => new("the DigitalOcean provider", null, $"could not be started: {words}", "pulumi install"),
            _ => new("DigitalOcean", null, $"could not be queried for its {what}: {words}", $"check {asSet} and the network, then {Again}"),
        };
    }

    /// <summary>HTTP status of the API's response; 0 if there was none.</summary>
    private static int Status(string words) => HttpStatus().Match(words) is { Success: true } answer
        ? int.Parse(answer.Groups["status"].Value, CultureInfo.InvariantCulture)
        : Unauthenticated().IsMatch(words) ? 401 : Forbidden().IsMatch(words) ? 403 : 0;

    private static string Export(string source) =>
        source.Contains(':', StringComparison.Ordinal)
            ? $"pulumi config set --secret {source}"
            : $"export {source}=<token>   (made at {Tokens})";

    /// <summary>The provider's message on one line, without the token.</summary>
    private static string Words(string text, ProviderToken token)
    {
        var detail = Detail().Match(text) is { Success: true } status ? status.Groups["detail"].Value : text;
        var line = Blank().Replace(detail, " ").Trim();
        return token.Value is { Length: > 0 } secret ? line.Replace(secret, "[token]", StringComparison.Ordinal) : line;
    }

    // Grpc.Core.RpcException: Status(StatusCode="Unknown", Detail="...") and, with an inner exception, DebugException="...".
    [GeneratedRegex("""Detail="(?<detail>.*?)"(, DebugException="|\)\s*$)""", RegexOptions.Singleline)]
    private static partial Regex Detail();

    // godo, ErrorResponse.Error: GET https://api.digitalocean.com/v2/sizes?page=1: 401 (request "...") Unable to authenticate you
    [GeneratedRegex(@"\b[A-Z]+ https?://\S+: (?<status>[1-5]\d\d)\b")]
    private static partial Regex HttpStatus();

    // The API's messages, if there is no status.
    [GeneratedRegex("unable to authenticate|unauthorized|credentials", RegexOptions.IgnoreCase)]
    private static partial Regex Unauthenticated();

    [GeneratedRegex("not authorized|forbidden|missing .*(permission|scope)", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();

    [GeneratedRegex("invalid header field value", RegexOptions.IgnoreCase)]
    private static partial Regex BadToken();

    // Go's net, net/http, crypto/tls and crypto/x509.
    [GeneratedRegex(@"\bdial (tcp|udp)\b|no such host|server misbehaving|connection (refused|reset)|i/o timeout|handshake|deadline exceeded|Client\.Timeout|unreachable|no route to host|proxyconnect|x509|tls: |\bEOF\b|unsupported protocol scheme", RegexOptions.IgnoreCase)]
    private static partial Regex Network();

    [GeneratedRegex("plugin", RegexOptions.IgnoreCase)]
    private static partial Regex Plugin();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
