namespace Infra.Planning.Config;

/// <summary>Names in the configuration that are not properties of <see cref="StackConfig"/>.</summary>
public static class ConfigNames
{
    /// <summary>Name of the project in <c>Pulumi.yaml</c>: the namespace of its keys.</summary>
    public const string Namespace = "inference";

    /// <summary>The only secret key. It goes from Pulumi's configuration to the nodes, not through the settings.</summary>
    public const string HuggingFaceToken = "huggingFaceToken";
}
