namespace Pulumi.DigitalOcean;

/// <summary>The provider with its configuration.</summary>
public class Provider : ProviderResource
{
    public Provider(string name, ProviderArgs? args = null, CustomResourceOptions? options = null)
        : base("digitalocean", name, args ?? new ProviderArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("apiEndpoint")]
    public Output<string?> ApiEndpoint { get; private set; } = null!;

    [Output("spacesAccessId")]
    public Output<string?> SpacesAccessId { get; private set; } = null!;

    [Output("spacesEndpoint")]
    public Output<string?> SpacesEndpoint { get; private set; } = null!;

    [Output("spacesSecretKey")]
    public Output<string?> SpacesSecretKey { get; private set; } = null!;

    [Output("token")]
    public Output<string?> Token { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Provider"/>. Those that are not strings travel as JSON.</summary>
public sealed class ProviderArgs : ResourceArgs
{
    [Input("apiEndpoint")]
    public Input<string>? ApiEndpoint { get; set; } =
        FromEnvironment("DIGITALOCEAN_API_URL") ?? "https://api.digitalocean.com";

    [Input("httpRetryMax", json: true)]
    public Input<int>? HttpRetryMax { get; set; }

    [Input("httpRetryWaitMax", json: true)]
    public Input<double>? HttpRetryWaitMax { get; set; }

    [Input("httpRetryWaitMin", json: true)]
    public Input<double>? HttpRetryWaitMin { get; set; }

    [Input("requestsPerSecond", json: true)]
    public Input<double>? RequestsPerSecond { get; set; }

    [Input("spacesAccessId")]
    public Input<string>? SpacesAccessId { get; set; }

    [Input("spacesEndpoint")]
    public Input<string>? SpacesEndpoint { get; set; } = FromEnvironment("SPACES_ENDPOINT_URL");

    [Input("spacesSecretKey")]
    public Input<string>? SpacesSecretKey { get; set; }

    [Input("token")]
    public Input<string>? Token { get; set; }

    private static Input<string>? FromEnvironment(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        return value is null ? null : (Input<string>)value;
    }
}
