using Pulumi;

namespace Infra.Lab.Cloud.Resources;

/// <summary>What a provider or DigitalOcean's API has against a resource, in its words.</summary>
internal sealed class ProviderException(string message) : RunException(message)
{
    private const string Api = "https://api.digitalocean.com/v2/";

    /// <summary>An answer of the API as the provider passes it on: <c>Error creating droplet: POST https://...: 422 (request "...") words</c>.</summary>
    public static ProviderException Refused(string what, string method, string path, int status, string words) =>
        new($"{what}: {Answer(method, path, status, words)}");

    /// <summary>An answer of the API as godo writes it.</summary>
    public static string Answer(string method, string path, int status, string words) =>
        $"{method} {Api}{path}: {status} (request \"{Guid.NewGuid()}\") {words}";
}

/// <summary>A resource that was not begun, because another one has failed or the run was cancelled. No failure of its own.</summary>
internal sealed class NotStartedException(string message) : RunException(message);
