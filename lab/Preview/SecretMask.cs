using System.Collections.Immutable;

namespace Infra.Lab.Preview;

/// <summary>
/// Hides what is secret in a resource's inputs. A mocked deployment hands over plain values, so secrecy cannot be read off
/// them: it is known by the name of the property, as the providers' schemas mark it, and by the value of secret configuration.
/// </summary>
/// <param name="secretValues">Values of secret configuration keys.</param>
internal sealed class SecretMask(IReadOnlyCollection<string> secretValues)
{
    public const string Masked = "[secret]";

    /// <summary>
    /// Properties that the schemas mark as secret, or that carry secrets in this project: keys, what goes to a node over
    /// standard input, and user data with its one-use host key.
    /// </summary>
    private static readonly ImmutableHashSet<string> SecretProperties = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "caPrivateKeyPem", "huggingFaceToken", "password", "privateKey", "privateKeyOpenssh", "privateKeyPassword",
        "privateKeyPem", "privateKeyPemPkcs8", "spacesSecretKey", "stdin", "token", "userData");

    public ImmutableSortedDictionary<string, object?> Apply(IEnumerable<KeyValuePair<string, object>> inputs) =>
        inputs.ToImmutableSortedDictionary(pair => pair.Key, pair => Value(pair.Key, pair.Value), StringComparer.Ordinal);

    private object? Value(string property, object? value)
    {
        if (SecretProperties.Contains(property))
        {
            return Masked;
        }

        return value switch
        {
            string text => secretValues.Any(secret => secret.Length > 0 && text.Contains(secret, StringComparison.Ordinal)) ? Masked : text,
            ImmutableDictionary<string, object> members => Apply(members),
            ImmutableArray<object> items => items.Select(item => Value("", item)).ToImmutableArray(),
            _ => value,
        };
    }
}
