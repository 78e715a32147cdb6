using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Pulumi;

namespace Infra.Cli.Preview;

/// <summary>
/// Masks secrets in the inputs of a resource. Mocked deployments return plain values, so secrets are recognized by the property names in
/// the providers' schemas and by the values of secret configuration keys.
/// </summary>
/// <param name="secretValues">Values of secret configuration keys.</param>
internal sealed class SecretMask(IReadOnlyCollection<string> secretValues)
{
    public const string Masked = "[secret]";

    /// <summary>
    /// Properties that the schemas mark as secret or that carry secrets in this project: keys, standard input of commands, and user data,
    /// which has the bootstrap host key.
    /// </summary>
    private static readonly ImmutableHashSet<string> SecretProperties = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "caPrivateKeyPem", "huggingFaceToken", "password", "privateKey", "privateKeyOpenssh", "privateKeyPassword",
        "privateKeyPem", "privateKeyPemPkcs8", "spacesSecretKey", "stdin", "token", "userData");

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> SecretsByType = new();

    /// <summary>Names of secret inputs in the arguments of a resource, known or not.</summary>
    public static string[] SetOn(ResourceArgs arguments) =>
        [.. SecretsByType
            .GetOrAdd(arguments.GetType(), type => [.. type.GetProperties().Where(property => SecretProperties.Contains(property.Name))])
            .Where(property => property.GetValue(arguments) is not null)
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))];

    /// <summary>The inputs sorted by name.</summary>
    /// <param name="inputs">The known inputs.</param>
    /// <param name="secrets">Secret inputs that may be unknown: they are shown as secret, too.</param>
    public IReadOnlyDictionary<string, object?> Apply(IReadOnlyCollection<KeyValuePair<string, object>> inputs,
        params IReadOnlyList<string> secrets)
    {
        var masked = new SortedList<string, object?>(inputs.Count + secrets.Count, StringComparer.Ordinal);
        foreach (var (name, value) in inputs)
        {
            masked.Add(name, Value(name, value));
        }

        foreach (var name in secrets)
        {
            masked[name] = Masked;
        }

        return masked;
    }

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
