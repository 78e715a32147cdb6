namespace Infra.Planning.Config;

/// <summary>Names in the configuration that are not properties of <see cref="StackConfig"/>.</summary>
public static class ConfigNames
{
    /// <summary>Name of the project in <c>Pulumi.yaml</c>: the namespace of its keys.</summary>
    public const string Namespace = "inference";

    /// <summary>The only secret key. It goes from Pulumi's configuration to the nodes, not through the settings.</summary>
    public const string HuggingFaceToken = "huggingFaceToken";

    /// <summary>
    /// Stands for an encrypted value where nothing can decrypt it, such as a preview without the stack's passphrase. No value that Pulumi
    /// passes has a control character.
    /// </summary>
    public const string Encrypted = "\u0001encrypted";

    private const string EncryptedInJson = "\\u0001encrypted";

    /// <summary>Whether a value, or a part of it, stands for an encrypted one: then there is nothing in it to hide.</summary>
    internal static bool HasEncrypted(string value) =>
        value == Encrypted || value.Contains(EncryptedInJson, StringComparison.Ordinal);
}
