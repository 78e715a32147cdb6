using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Config;

/// <summary>Keys of other namespaces than the project's. They belong to providers, unless the namespace is misspelt.</summary>
internal static class OtherNamespaces
{
    /// <summary>The provider's own settings for its secrets; their names are fixed.</summary>
    private static readonly string[] s_secrets = ["digitalocean:token", "digitalocean:spacesSecretKey"];

    /// <summary>Settings that no provider has; <c>aws:region</c> and <c>aws:endpoints</c> are.</summary>
    private static readonly string[] s_own =
    [
        "adminCidrs", "adminSshKeys", "maxHourlyUsd", "vpcCidr", "ignoreAvailability", ConfigNames.HuggingFaceToken,
    ];

    /// <summary>
    /// The setting of this project that was probably meant: by a namespace that resembles the project's or is empty, by its name, or by
    /// another name in the same namespace.
    /// </summary>
    /// <param name="qualified">The key.</param>
    /// <param name="all">All keys of the stack.</param>
    public static string? Meant(string qualified, IEnumerable<string> all) =>
        qualified.Split(':', 2) is [var scope, var name]
            && (scope.Length == 0 || s_own.Contains(name, StringComparer.Ordinal) || NearMiss.Of(scope, [ConfigNames.Namespace]).Count > 0
                || (RecordShape.Of(typeof(StackConfig)).Member(name) is not null
                    && all.Any(other =>
                        other.Split(':', 2) is [var same, var own] && same == scope && s_own.Contains(own, StringComparer.Ordinal))))
            ? name
            : null;

    /// <summary>Reports a secret of the provider, or a token of any, that is not encrypted.</summary>
    public static void CheckToken(string qualified, string text, bool isSecret, List<UserError> errors)
    {
        if ((s_secrets.Contains(qualified, StringComparer.Ordinal) || SecretWords.Kind(text) is not null) && text.Length > 0 && !isSecret)
        {
            errors.Add(new(qualified, null, "is stored in plain text; revoke this token or key and store a new one encrypted",
                new ConfigFix(new SetSecretStep(qualified) { IsKey = true })));
        }
    }
}
