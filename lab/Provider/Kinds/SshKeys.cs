using System.Globalization;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>SSH keys of the account. The servers of the lab get theirs from user data.</summary>
internal sealed class SshKeys(CloudContext cloud) : DigitalOceanKind
{
    private const string Creating = "Error creating SSH Key";
    private const string Path = "account/keys";

    public override string Type => Types.SshKey;

    public override bool ReplacedBy(string input) => input == "publicKey";

    // The name need not be unique, but the key must be.
    public override bool DeletesFirst(CloudResource before, PropertyMap inputs) => false;

    public override bool Same(string input, object? before, object? after) =>
        input == "publicKey" && before is string old && after is string now ? old.Trim() == now.Trim() : base.Same(input, before, after);

    public override void Check(CloudResource? before, CloudResource after)
    {
        var key = after.Inputs.Text("publicKey").Trim();
        if (Keys.OpenSshPublicKey.Blob(key) is not { } blob)
        {
            throw ProviderException.Refused(Creating, "POST", Path, 422, "Key invalid, key should be of the format `type key [comment]`");
        }
        if (cloud.All(Type).Any(other => other.Order != after.Order
            && Keys.OpenSshPublicKey.Blob(other.Inputs.Text("publicKey")) is { } taken && taken.SequenceEqual(blob)))
        {
            throw ProviderException.Refused(Creating, "POST", Path, 422, "SSH Key is already in use on your account");
        }
    }

    public override CloudResource Reserve(CloudResource resource) =>
        Named(resource) with { Id = cloud.State.NextOrder().ToString(CultureInfo.InvariantCulture) };

    public override Task<CloudResource> CreateAsync(CloudResource resource) =>
        Task.FromResult(
            resource.With("fingerprint", Keys.OpenSshPublicKey.Md5(Keys.OpenSshPublicKey.Blob(resource.Inputs.Text("publicKey"))!)));
}
