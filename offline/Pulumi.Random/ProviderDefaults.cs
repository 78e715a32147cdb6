namespace Pulumi.Random;

/// <summary>What every resource of this package gets, as in the official one: its version, and the outputs that are secret.</summary>
internal static class ProviderDefaults
{
    private const string Version = "4.21.1";

    public static CustomResourceOptions AddTo(CustomResourceOptions? options, params string[] secretOutputs) =>
        CustomResourceOptions.Merge(new() { Version = Version, AdditionalSecretOutputs = [.. secretOutputs] }, options);
}
