using System.Security.Cryptography;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>
/// A type of DigitalOcean's provider: what it checks itself, the requests that it sends, and what it reads back. What the API does and
/// refuses is in <c>DigitalOcean/</c>. The provider generates a name if none is given, and deletes before replace if one is: also where a
/// name need not be unique, and where it changes (pulumi-terraform-bridge 3.135.0, nameRequiresDeleteBeforeReplace).
/// </summary>
internal abstract class DigitalOceanKind : ResourceKind
{
    /// <summary>Whether its changes are in effect only when the networks have them.</summary>
    public virtual bool IsInNetworks => false;

    public override bool DeletesFirst(PropertyMap inputs) => inputs.ContainsKey("name");

    /// <summary>What a generated name begins with.</summary>
    protected virtual string NameOf(CloudResource resource) => resource.Name;

    /// <summary>Adds a name, Pulumi's name plus seven digits, if the program has none.</summary>
    public override CloudResource Reserve(CloudResource resource) => !resource.Inputs.ContainsKey("name")
        ? resource.With("name", $"{NameOf(resource)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))[..7]}")
        : resource;

    /// <summary>The request that creates it, and gives it its id.</summary>
    public abstract ProviderRequest Create(CloudResource resource);

    /// <summary>The next request of an update; null: what the API has is as wanted.</summary>
    /// <param name="state">The records.</param>
    /// <param name="before">The resource as the engine knew it.</param>
    /// <param name="after">The requested resource.</param>
    /// <param name="sent">Requests that this update has sent already.</param>
    public virtual ProviderRequest? Update(AccountState state, CloudResource before, CloudResource after, int sent) => null;

    /// <summary>The request that deletes it.</summary>
    public abstract ProviderRequest Delete(AccountState state, CloudResource resource);

    /// <summary>The call by which the provider reads it back.</summary>
    public virtual ProviderCall Reading(AccountState state, CloudResource resource) =>
        new(ReadFailure, "GET", Delete(state, resource).Path);

    /// <summary>The call that the provider repeats until a new one is ready. Only of types for which it waits.</summary>
    public virtual ProviderCall Watching(AccountState state, CloudResource resource) => Reading(state, resource);

    /// <summary>Whether something else holds it, so that it cannot be deleted yet.</summary>
    public virtual bool IsHeld(AccountState state, CloudResource resource) => false;

    /// <summary>The call by which the provider waits for the newest action of a resource, with its words if that cannot be read.</summary>
    protected static ProviderCall WatchingAction(string failure, AccountState state, string subject) =>
        new(failure, "GET", $"actions/{state.All<AccountAction>().Last(action => action.Subject == subject).Key}");

    /// <summary>Beginning of the provider's message if it cannot be read.</summary>
    protected abstract string ReadFailure { get; }

    /// <summary>The resource with the provider's outputs; null: it is gone.</summary>
    public abstract CloudResource? Read(AccountState state, CloudResource resource);

    /// <summary>State of the resource at DigitalOcean.</summary>
    public virtual Progress ProgressOf(AccountState state, CloudResource resource) =>
        Read(state, resource) is null ? Progress.Gone : Progress.Ready;

    /// <summary>Why its last change failed; null: it did not, or no one knows.</summary>
    public virtual string? Problem(AccountState state, CloudResource resource) => null;

    /// <summary>Whether work on it is under way, also after its record is gone.</summary>
    public static bool HasWork(AccountState state, string key) => state.All<Work>().Any(work => work.Subject == key
        && work.Kind is not (CertificateWork.RenewKind or DeletedDroplet.WorkKind));
}
