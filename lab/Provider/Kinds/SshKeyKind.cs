using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Keys;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>SSH keys of the account.</summary>
internal sealed class SshKeyKind : DigitalOceanKind
{
    private const string Path = "account/keys";

    public override string Type => Types.SshKey;

    protected override string ReadFailure => "Error retrieving SSH key";

    public override bool ReplacedBy(string input) => input == "publicKey";

    public override bool Same(string input, object? before, object? after) =>
        input == "publicKey" && before is string old && after is string now ? old.Trim() == now.Trim() : base.Same(input, before, after);

    public override void Check(CloudResource? before, CloudResource after) => InputChecks.Of(after).NotEmpty("name", "publicKey");

    public override ProviderRequest Create(CloudResource resource) => new("Error creating SSH Key", "POST", Path,
        (change, known) => known with { Id = SshKeys.Create(change, new(known.CloudName, known.Inputs.Text("publicKey"))).Key });

    public override ProviderRequest? Update(AccountState state, CloudResource before, CloudResource after, int sent) => sent > 0 ? null
        : ProviderRequest.Of("Failed to update SSH key", "PUT", $"{Path}/{after.Id}",
            change => SshKeys.Rename(change, after.Id!, new(after.CloudName)));

    public override ProviderRequest Delete(AccountState state, CloudResource resource) => ProviderRequest.Of(
        "Error deleting SSH key", "DELETE", $"{Path}/{resource.Id}", change => SshKeys.Delete(change, resource.Id!));

    public override CloudResource? Read(AccountState state, CloudResource resource) =>
        resource.Id is { } id && state.Find<SshKey>(id) is { } key ? resource.With("fingerprint", key.Fingerprint) : null;
}
