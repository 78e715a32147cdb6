using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider;

/// <summary>A call of the provider to the API, and its words if it fails.</summary>
/// <param name="Failure">Beginning of the provider's message: <c>Error creating Volume</c>; empty: it has none.</param>
/// <param name="Method">Method of HTTP.</param>
/// <param name="Path">Path below <c>/v2/</c>.</param>
internal record ProviderCall(string Failure, string Method, string Path)
{
    /// <summary>What faults of requests are about: <c>POST /v2/droplets</c>.</summary>
    public string Subject => $"{Method} /v2/{Path}";

    /// <summary>
    /// A refusal as the provider formats it: <c>Error creating droplet: POST https://...: 422 (request "...") words</c>.
    /// </summary>
    /// <param name="error">The API's answer.</param>
    /// <param name="attempts">How often it was sent, if the provider gave up sending it again; else null.</param>
    public ProviderException Refused(ApiError error, int? attempts = null) => new(Words(
        ProviderException.Answer(Method, Path, error.Status, error.Message)
            + (attempts is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; giving up after {attempts} attempt(s)"))))
    {
        Refusal = error,
    };

    /// <summary>A connection that ended without an answer, in the words of Go's HTTP client: <c>Post "https://...": EOF</c>.</summary>
    public ProviderException Lost() =>
        new(Words($"{Method[0]}{Method[1..].ToLowerInvariant()} \"{ProviderException.Api}{Path}\": EOF")) { IsLost = true };

    private string Words(string reason) => Failure.Length == 0 ? reason : $"{Failure}: {reason}";
}

/// <summary>A request of the provider that changes the account.</summary>
/// <param name="Failure">See <see cref="ProviderCall"/>.</param>
/// <param name="Method">See <see cref="ProviderCall"/>.</param>
/// <param name="Path">See <see cref="ProviderCall"/>.</param>
/// <param name="Send">Does it in a change of the account, and returns the resource as the provider knows it then.</param>
internal sealed record ProviderRequest(
    string Failure, string Method, string Path, Func<AccountChange, CloudResource, CloudResource> Send)
    : ProviderCall(Failure, Method, Path)
{
    /// <summary>
    /// The call that the provider repeats until what the request began has ended, by the records after it; null: it does not wait for that.
    /// </summary>
    public Func<AccountState, ProviderCall>? Watch { get; init; }

    /// <summary>For a request whose answer says nothing new.</summary>
    public static ProviderRequest Of(string failure, string method, string path, Action<AccountChange> send) =>
        new(failure, method, path, (change, resource) =>
        {
            send(change);
            return resource;
        });
}

/// <summary>State of a resource at DigitalOcean.</summary>
internal enum Progress
{
    /// <summary>There is none, or none any more.</summary>
    Gone,

    /// <summary>A change of it is under way.</summary>
    Pending,
    Ready,

    /// <summary>Its last change failed.</summary>
    Failed,

    /// <summary>Its deletion has begun.</summary>
    Leaving,
}
