using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Infra.Planning.Errors;

/// <summary>Recognizes secrets in what a user wrote, so that no message repeats them.</summary>
public static partial class SecretWords
{
    private const string Hidden = "[secret]";

    /// <summary>What is secret about a value, as <c>a private key</c>; null: nothing. Only what cannot be anything else.</summary>
    internal static string? Kind(string text) =>
        IsPrivateKey(text) ? "a private key"
        : Token().IsMatch(text) ? "a token"
        : UserInfo().IsMatch(text) ? "a URL with a password"
        : Assigned().IsMatch(text) ? "a password"
        : null;

    /// <summary>The text without keys, tokens and passwords of URLs.</summary>
    public static string Without(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var masked = IsPrivateKey(text) ? PrivateKey().Replace(text, "[a private key]") : text;
        return Assigned().Replace(UserInfo().Replace(Token().Replace(masked, "[a token]"), $"://{Hidden}@"), $"${{name}}={Hidden}");
    }

    /// <summary>Whether a value of this name is a secret, such as <c>password</c> or <c>apiKey</c>.</summary>
    internal static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>Whether a text has a long part that looks like chance: a key of a kind that has no prefix. For messages only.</summary>
    internal static bool LooksRandom(string text) =>
        !SshPublicKey().IsMatch(text)
        && LongPart().Matches(text).Select(part => part.Value).Any(part =>
            (part.Count(char.IsAsciiDigit) >= 3 && part.Any(char.IsAsciiLetterUpper) && part.Any(char.IsAsciiLetterLower))
            || (part.Length is not (40 or 64) && part.Length >= 32 && part.All(char.IsAsciiHexDigit)
                && part.Count(char.IsAsciiDigit) >= 6));

    /// <summary>A value as text; members of it with a secret name are hidden.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">Its own name.</param>
    internal static string Shown(JsonElement value, string name = "") =>
        IsName(name) ? Hidden
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && Name().IsMatch(value.GetRawText())
            ? Redacted(value)!.ToJsonString() : value.GetRawText();

    private static JsonNode? Redacted(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in value.EnumerateObject())
                {
                    members[member.Name] = IsName(member.Name) ? JsonValue.Create(Hidden) : Redacted(member.Value);
                }
                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Redacted)]);
            default:
                return JsonNode.Parse(value.GetRawText());
        }
    }

    private static bool IsPrivateKey(string text) => PrivateKey().IsMatch(text);

    /// <summary>
    /// A private key from its first line, also of a misspelt one, to the end; the first bytes of OpenSSH's format, which are the same in
    /// each; or several lines of base64.
    /// </summary>
    [GeneratedRegex(@"-{2,}\s*BEGIN(?!( RSA| SSH2)? PUBLIC| CERTIFICATE)(?s:.*)|PRIVATE KEY(?s:.*)|b3BlbnNzaC1rZXktdjE(?s:.*)"
        + @"|PuTTY-User-Key-File(?s:.*)|AGE-SECRET-KEY-1\S+|([A-Za-z0-9+/=]{40,76}\r?\n){2,}(?s:.*)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex PrivateKey();

    /// <summary>
    /// Tokens by prefix: Hugging Face, DigitalOcean, GitHub, Pulumi, OpenAI, Anthropic, OpenRouter, DeepSeek, AWS, GitLab, Slack, Google,
    /// NVIDIA, npm, PyPI, Docker, Stripe, Replicate, SendGrid, Tailscale; and JSON Web Tokens.
    /// </summary>
    [GeneratedRegex(@"(?<![A-Za-z0-9])(hf_[A-Za-z0-9]{16,}|api_org_[A-Za-z0-9]{16,}|do[opr]_v1_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{16,}"
        + @"|github_pat_[A-Za-z0-9_]{16,}|pul-[a-f0-9]{40}|(AKIA|ASIA)[A-Z0-9]{16}|gl[a-z]{2,5}-[A-Za-z0-9_.-]{16,}"
        + @"|sk-(proj|ant|or|svcacct|admin)-(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{16,}|sk-[a-f0-9]{32,}"
        + @"|sk-(?!ssh-|ecdsa-)(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Z])[A-Za-z0-9_-]{16,}|[sr]k_(live|test)_[A-Za-z0-9]{16,}"
        + @"|xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_.-]{20,}|nvapi-[A-Za-z0-9_-]{20,}"
        + @"|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|dckr_pat_[A-Za-z0-9_-]{16,}|r8_[A-Za-z0-9]{30,}|SG\.[A-Za-z0-9_.-]{20,}"
        + @"|tskey-[A-Za-z0-9-]{16,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Token();

    [GeneratedRegex(@"://[^\s/@'""]*:[^\s/@'""]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    /// <summary>A setting of another program, <c>password=VALUE</c>; not an example, which has dots or is in angle brackets.</summary>
    [GeneratedRegex(@"(?<name>(pass(word|wd|phrase)|pwd|secret|token|credential|(api|private|access)[_-]?key))="
        + @"(?!\S*(\.\.\.|<))[^\s'""\[\]$&;,)]{6,}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"pass(word|wd|phrase|code)|pwd|secret|token(?!s|iz)|credential|api[_-]?key|private[_-]?key|access[_-]?key|auth(?!or)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    [GeneratedRegex("[A-Za-z0-9+/]{24,}", RegexOptions.CultureInvariant)]
    private static partial Regex LongPart();

    [GeneratedRegex(@"(ssh|ecdsa|sk)-[a-z0-9@.-]+\s+AAAA", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SshPublicKey();
}
