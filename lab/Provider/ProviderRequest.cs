using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider;

/// <summary>A request of the provider to the API.</summary>
/// <param name="Failure">Beginning of the provider's message if it is refused: <c>Error creating Volume</c>.</param>
/// <param name="Method">Method of HTTP.</param>
/// <param name="Path">Path below <c>/v2/</c>.</param>
/// <param name="Send">Does it in a change of the account, and returns the resource as the provider knows it then.</param>
internal sealed record ProviderRequest(
    string Failure, string Method, string Path, Func<AccountChange, CloudResource, CloudResource> Send)
{
    /// <summary>For a request whose answer says nothing new.</summary>
    public static ProviderRequest Of(string failure, string method, string path, Action<AccountChange> send) =>
        new(failure, method, path, (change, resource) =>
        {
            send(change);
            return resource;
        });

    /// <summary>
    /// A refusal as the provider formats it: <c>Error creating droplet: POST https://...: 422 (request "...") words</c>.
    /// </summary>
    public ProviderException Refused(ApiError error) =>
        new($"{Failure}: {ProviderException.Answer(Method, Path, error.Status, error.Message)}");
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
