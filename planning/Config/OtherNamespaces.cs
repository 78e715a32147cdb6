using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Keys of other namespaces than the project's. They belong to providers, unless the namespace is misspelt.</summary>
internal static class OtherNamespaces
{
    /// <summary>The provider's own settings for its secrets; their names are fixed.</summary>
    private static readonly string[] s_secrets = ["digitalocean:token", "digitalocean:spacesSecretKey"];

    /// <summary>The setting of this project that was probably meant; null if the namespace does not resemble the project's.</summary>
    public static string? Meant(string qualified) =>
        qualified.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
            && NearMiss.Of(qualified[..colon], [ConfigNames.Namespace]).Count > 0
            ? qualified[(colon + 1)..]
            : null;

    /// <summary>Reports a secret of the provider that is not encrypted.</summary>
    public static void CheckToken(string qualified, string text, bool isSecret, List<UserError> errors)
    {
        if (s_secrets.Contains(qualified, StringComparer.Ordinal) && text.Length > 0 && !isSecret)
        {
            errors.Add(new(qualified, null, "is stored in plain text; revoke this token or key and store a new one encrypted",
                new ConfigFix(new SetSecretStep(qualified) { IsKey = true })));
        }
    }
}
