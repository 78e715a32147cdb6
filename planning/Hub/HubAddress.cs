using System.Text.RegularExpressions;
using Infra.Planning.Errors;

namespace Infra.Planning.Hub;

/// <summary>A repository of a hub: <c>OWNER/NAME</c>, or <c>OWNER/NAME@REVISION</c> with a commit, a branch or a tag.</summary>
/// <param name="Id"><c>OWNER/NAME</c>.</param>
/// <param name="Revision">As typed; the default is <c>main</c>.</param>
public sealed partial record HubAddress(string Id, string Revision)
{
    /// <summary>The option that names a repository.</summary>
    public const string Option = "--from-hub";

    private const string Main = "main";

    /// <summary>Longest name that a hub has.</summary>
    private const int Longest = 200;

    /// <summary>Reads what was typed; the address of a repository's page is accepted too.</summary>
    /// <exception cref="ConfigurationException">It is no repository.</exception>
    public static HubAddress Of(string typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        var name = Page().Replace(typed.Trim(), "");
        return typed.Length <= Longest && Name().Match(name) is { Success: true } match
            ? new(match.Groups["id"].Value, match.Groups["revision"] is { Success: true } revision ? revision.Value : Main)
            : throw new ConfigurationException(new UserError(Option, ShownValue.Mask(typed),
                "is not a repository of a hub: write OWNER/NAME, or OWNER/NAME@REVISION with a commit, a branch or a tag",
                $"{Option} mistralai/Ministral-3-8B-Instruct-2512"));
    }

    public override string ToString() => Revision == Main ? Id : $"{Id}@{Revision}";

    [GeneratedRegex(@"^(https?://)?(www\.)?(huggingface\.co|hf\.co)/",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Page();

    // No "..", which a server could take for the folder above.
    // A revision may have slashes: refs/pr/1.
    [GeneratedRegex(@"^(?!.*(\.\.|//))(?<id>[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*)"
        + @"((@|/tree/)(?<revision>[A-Za-z0-9][A-Za-z0-9._/-]*?))?/?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
