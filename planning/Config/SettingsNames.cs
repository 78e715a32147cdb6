namespace Infra.Planning.Config;

/// <summary>Names of the configuration that are no property of <see cref="InferenceSettings"/>.</summary>
public static class SettingsNames
{
    /// <summary>Name of the project in <c>Pulumi.yaml</c>: the namespace of its keys.</summary>
    public const string Namespace = "inference";

    /// <summary>The one key that is a secret. It goes from Pulumi's configuration to the nodes and never through the settings.</summary>
    public const string HuggingFaceToken = "huggingFaceToken";
}
