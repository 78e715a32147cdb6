using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Keys of other namespaces than the project's. They belong to providers, unless the namespace is misspelt.</summary>
internal static class OtherNamespaces
{
    /// <summary>The provider's own setting for its token; its name is fixed.</summary>
    private const string ProviderToken = "digitalocean:token";

    public static void Check(string qualified, string text, IReadOnlySet<string>? secretKeys, List<UserError> errors)
    {
        var isSecret = secretKeys?.Contains(qualified) == true;
        if (qualified == ProviderToken && text.Length > 0 && secretKeys is not null && !isSecret)
        {
            errors.Add(new(qualified, null, "is stored in plain text; revoke this token and store a new one encrypted",
                new ConfigFix(new SetSecretStep(qualified) { IsKey = true })));
            return;
        }
        var colon = qualified.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || NearMiss.Of(qualified[..colon], [ConfigNames.Namespace]).Count == 0)
        {
            return;
        }
        var key = qualified[(colon + 1)..];
        var remove = new RemoveStep(qualified) { IsKey = true };
        ConfigStep? set = isSecret || ShownValue.IsSecret(text) ? new SetSecretStep(key) { IsKey = true }
            : text.StartsWith('[') || text.StartsWith('{') || text.Any(char.IsControl) ? null
            : ConfigFix.SetTo(key, text) with { IsKey = true };
        var problem = $"is in a namespace that nothing reads; did you mean {ConfigNames.Namespace}:{key}?";
        errors.Add(set is null
            ? new(qualified, null, problem, $"write {ConfigNames.Namespace}:{key} instead of it in the file of the stack")
            : new(qualified, ShownValue.Mask(text, isSecret), problem, new ConfigFix(remove, set)));
    }
}
