namespace Infra.Stacks;

/// <summary>The source of the provider's API token, and the characters to hide.</summary>
/// <param name="Source">Name of the variable or of the configuration key; null if there is no token.</param>
/// <param name="Value">The token, if it is in the environment: it is removed from messages.</param>
internal sealed record ProviderToken(string? Source, string? Value)
{
    public const string Variable = "DIGITALOCEAN_TOKEN";

    /// <summary>
    /// The provider reads the stack's configuration first, then these, in this order (terraform-provider-digitalocean, provider.go).
    /// </summary>
    private static readonly string[] s_variables = [Variable, "DIGITALOCEAN_ACCESS_TOKEN"];

    public static ProviderToken Find() => Find(
        new Pulumi.Config("digitalocean").GetSecret("token") is not null, Environment.GetEnvironmentVariable);

    internal static ProviderToken Find(bool isConfigured, Func<string, string?> variable)
    {
        if (isConfigured)
        {
            return new("digitalocean:token", null);
        }

        var name = Array.Find(s_variables, name => !string.IsNullOrEmpty(variable(name)));
        return new(name, name is null ? null : variable(name));
    }
}
