using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Storage;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Block devices that outlive their Droplets.</summary>
internal sealed class VolumeKind : DigitalOceanKind
{
    public override string Type => Types.Volume;

    protected override string ReadFailure => "Error retrieving volume";

    protected override string NameOf(CloudResource resource) => resource.Name.ToLowerInvariant();

    public override bool ReplacedBy(string input) =>
        input is "description" or "initialFilesystemLabel" or "initialFilesystemType" or "name" or "region" or "snapshotId";

    protected override bool IsSet(string input) => input == "tags";

    protected override bool IgnoresCase(string input) => input is "region" or "tags";

    public override void Check(CloudResource? before, CloudResource after)
    {
        var checks = InputChecks.Of(after);
        checks.AtLeast("size", 1);
        checks.OneOf("initialFilesystemType", "ext4", "xfs");
        checks.Conflict("filesystemType", "initialFilesystemType");
        checks.TagNames("tags");
        // Found when the provider compares: the engine adds no words.
        if (before is not null && after.Inputs.Number("size") < before.Inputs.Number("size"))
        {
            throw new ProviderException("volumes `size` can only be expanded and not shrunk");
        }
    }

    public override ProviderRequest Create(CloudResource resource) => new("Error creating Volume", "POST", "volumes", (change, known) =>
    {
        var inputs = known.Inputs;
        return known with
        {
            Id = Volumes.Create(change, new(
                known.CloudName, inputs.TextOrNull("description"), inputs.TextOrNull("region"), inputs.Number("size"),
                inputs.TextOrNull("initialFilesystemType") ?? inputs.TextOrNull("filesystemType"),
                inputs.TextOrNull("initialFilesystemLabel"), inputs.TextOrNull("snapshotId"), inputs.Texts("tags"))).Id,
        };
    });

    public override ProviderRequest? Update(AccountState state, CloudResource before, CloudResource after, int sent)
    {
        var size = after.Inputs.Number("size");
        return Find(state, after) is not { } volume ? null
            : volume.SizeGigabytes == size ? TagKind.Next(after.Inputs.Texts("tags"), volume)
            : ProviderRequest.Of($"Error resizing volume ({after.Id})", "POST", $"volumes/{after.Id}/actions",
                change => VolumeActions.Begin(change, after.Id!, new(VolumeActions.Resize, SizeGigabytes: size))) with
            {
                Watch = now => WatchingAction($"Error waiting for resize volume ({after.Id}) to finish", now, after.Id!),
            };
    }

    public override ProviderRequest Delete(AccountState state, CloudResource resource) => ProviderRequest.Of(
        "Error deleting volume", "DELETE", $"volumes/{resource.Id}", change => Volumes.Delete(change, resource.Id!));

    public override CloudResource? Read(AccountState state, CloudResource resource) =>
        Find(state, resource) is { } volume ? resource.With("volumeUrn", volume.Urn) : null;

    public override Progress ProgressOf(AccountState state, CloudResource resource) =>
        HasWork(state, resource.Id!) ? Find(state, resource) is null ? Progress.Leaving : Progress.Pending
        : Find(state, resource) is not { } volume ? Progress.Gone
        : volume.Problem is null ? Progress.Ready : Progress.Failed;

    public override string? Problem(AccountState state, CloudResource resource) => Find(state, resource)?.Problem;

    private static Volume? Find(AccountState state, CloudResource resource) => resource.Id is { } id ? state.Find<Volume>(id) : null;
}
