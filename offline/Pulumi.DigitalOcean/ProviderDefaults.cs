namespace Pulumi.DigitalOcean;

/// <summary>What every resource of this package gets, as in the official one: its version, and the outputs that are secret.</summary>
internal static class ProviderDefaults
{
    private const string Version = "4.76.0";

    public static CustomResourceOptions AddTo(CustomResourceOptions? options, params string[] secretOutputs) =>
        CustomResourceOptions.Merge(new() { Version = Version, AdditionalSecretOutputs = [.. secretOutputs] }, options);

    /// <summary>An argument that is always a secret, even if it was given in plain text.</summary>
    public static Input<T>? Secret<T>(Input<T>? value)
    {
        if (value is null)
        {
            return null;
        }

        return Output.CreateSecret(value.ToOutput());
    }

    public static T AddTo<T>(T? options)
        where T : InvokeOptions, new()
    {
        options ??= new();
        options.Version ??= Version;
        return options;
    }
}
