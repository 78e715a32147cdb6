using Infra.Lab.DigitalOcean.Account;
using Pulumi;

namespace Infra.Lab.Provider.Resources;

/// <summary>An error of a provider or of DigitalOcean's API, in their words.</summary>
internal sealed class ProviderException(string message) : RunException(message)
{
    public const string Api = "https://api.digitalocean.com/v2/";

    /// <summary>The API's answer; null: it is an error of the provider, or <see cref="IsLost"/>.</summary>
    public ApiError? Refusal { get; init; }

    /// <summary>Whether it is about a connection that ended without an answer.</summary>
    public bool IsLost { get; init; }

    /// <summary>A response of the API as godo formats it.</summary>
    public static string Answer(string method, string path, int status, string words) =>
        $"{method} {Api}{path}: {status} (request \"{Guid.NewGuid()}\") {words}";
}

/// <summary>A resource that was not started, because another one failed or the run was cancelled. Not a failure of its own.</summary>
internal sealed class NotStartedException(string message) : RunException(message);
