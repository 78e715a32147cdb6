namespace Infra.Cli.Project;

/// <summary>A map of a YAML file, in the file's order.</summary>
/// <param name="members">Its members, including those of merge keys.</param>
/// <param name="oddKey">A key that is not text, as written; null: none. The CLI treats such a map in other ways.</param>
internal sealed class YamlMap(IReadOnlyList<KeyValuePair<object, object?>> members, string? oddKey)
{
    /// <summary>A key that is null: a dictionary has none.</summary>
    public static object NullKey { get; } = new();

    public string? OddKey { get; } = oddKey;

    /// <summary>Members by the text of their keys. Two keys with one text, such as 1 and 0x1, are one member: the last.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Members { get; } =
        [.. members.Select(member => KeyValuePair.Create(member.Key == NullKey ? "<nil>" : GoText.Of(member.Key), member.Value))];

    public object? this[string key] => Members.LastOrDefault(member => member.Key == key).Value;

    /// <summary>The ciphertext of <c>secure: CIPHERTEXT</c>; null for any other map (config/object.go, isSecureValue).</summary>
    public bool IsSecure => Members is [{ Key: "secure", Value: string }];
}
