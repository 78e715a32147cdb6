using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.DigitalOcean.Storage;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Droplets.</summary>
internal sealed class DropletKind(IHostRuntime host) : DigitalOceanKind
{
    public override string Type => Types.Droplet;

    protected override string ReadFailure => "Error retrieving droplet";

    public override bool IsInNetworks => true;

    public override bool ReplacedBy(string input) =>
        input is "dropletAgent" or "image" or "monitoring" or "publicNetworking" or "region" or "sshKeys" or "userData" or "vpcUuid";

    // IPv6 can be added to a Droplet, but not taken away.
    public override bool ReplacedBy(string input, object? before, object? after) =>
        input == "ipv6" ? before is true && after is not true : ReplacedBy(input);

    protected override bool IsSet(string input) => input is "sshKeys" or "tags" or "volumeIds";

    protected override bool IgnoresCase(string input) => input is "region" or "size" or "tags";

    protected override object? Default(string input) => input switch
    {
        "backups" or "dropletAgent" or "gracefulShutdown" or "ipv6" or "monitoring" => false,
        "resizeDisk" => true,
        _ => null,
    };

    public override bool IsLost(CloudResource resource) => !host.HasServer(resource.Id!);

    public override void Check(CloudResource? before, CloudResource after)
    {
        var checks = InputChecks.Of(after);
        checks.NotEmpty("image", "name", "region", "size", "userData", "vpcUuid");
        if (after.Inputs.ContainsKey("backupPolicy") && !after.Inputs.ContainsKey("backups"))
        {
            throw checks.Refused(
                "Missing required argument. \"backup_policy\": all of `backup_policy,backups` must be specified", "backupPolicy");
        }
        checks.TagNames("tags");
    }

    public override ProviderRequest Create(CloudResource resource) => new("Error creating droplet", "POST", "droplets", (change, known) =>
    {
        var inputs = known.Inputs;
        var created = DropletRecords.Create(change, new()
        {
            Name = known.CloudName,
            Region = inputs.TextOrNull("region"),
            Size = inputs.TextOrNull("size"),
            Image = inputs.TextOrNull("image") is { } image ? new(image) : null,
            SshKeys = [.. inputs.Texts("sshKeys").Select(key => new Identifier(key))],
            Backups = inputs.Flag("backups"),
            Ipv6 = inputs.Flag("ipv6"),
            Monitoring = inputs.Flag("monitoring"),
            Tags = inputs.Texts("tags"),
            UserData = inputs.TextOrNull("userData"),
            Volumes = [.. inputs.Texts("volumeIds").Select(id => new VolumeReference(id))],
            VpcUuid = inputs.TextOrNull("vpcUuid"),
            WithDropletAgent = inputs.ContainsKey("dropletAgent") ? inputs.Flag("dropletAgent") : null,
            PublicNetworking = inputs.ContainsKey("publicNetworking") ? inputs.Flag("publicNetworking") : null,
        });
        return known with { Id = created[0].Droplet.Key };
    });

    public override ProviderRequest? Update(AccountState state, CloudResource before, CloudResource after, int sent)
    {
        if (Find(state, after) is not { } droplet)
        {
            return null;
        }
        var inputs = after.Inputs;
        if (inputs.TextOrNull("size") is { } size && !string.Equals(droplet.Size, size, StringComparison.OrdinalIgnoreCase))
        {
            return Act("resizing", new(DropletActions.Resize, Size: size, Disk: inputs.Flag("resizeDisk", otherwise: true)),
                now => WatchingAction($"Error waiting for resize droplet ({after.Id}) to finish", now, after.Id!));
        }
        if (droplet.Name != after.CloudName)
        {
            return Act("renaming", new(DropletActions.Rename, after.CloudName), now => Reading(now, after) with
            {
                Failure = $"Error waiting for rename droplet ({after.Id}) to finish: {ReadFailure}",
            });
        }
        if (inputs.ContainsKey("volumeIds"))
        {
            var has = DropletRecords.Volumes(state, droplet).Select(volume => volume.Key).ToList();
            var wanted = inputs.Texts("volumeIds");
            if (has.Except(wanted).FirstOrDefault() is { } surplus)
            {
                var detaching = $"Error detaching volume \"{surplus}\" on droplet {after.Id}";
                return Attach(
                    $"{detaching}: Error detaching volume \"{surplus}\" from droplet ({after.Id})", surplus, VolumeActions.Detach,
                    $"{detaching}: Error waiting for volume \"{surplus}\" to detach from droplet ({after.Id})");
            }
            if (wanted.Except(has).FirstOrDefault() is { } missing)
            {
                return Attach($"Error attaching volume \"{missing}\" to droplet ({after.Id})", missing, VolumeActions.Attach,
                    $"Error waiting for volume \"{missing}\" to attach to droplet ({after.Id})");
            }
        }
        return TagKind.Next(inputs.Texts("tags"), droplet);

        ProviderRequest Act(string doing, DropletActionRequest request, Func<AccountState, ProviderCall> watch) => ProviderRequest.Of(
            $"Error {doing} droplet ({after.Id})", "POST", $"droplets/{after.Id}/actions",
            change => DropletActions.Begin(change, droplet.Id, request)) with
        {
            Watch = watch,
        };

        ProviderRequest Attach(string failure, string volume, string type, string waiting) => ProviderRequest.Of(
            failure, "POST", $"volumes/{volume}/actions",
            change => VolumeActions.Begin(change, volume, new(type, droplet.Id))) with
        {
            Watch = now => WatchingAction(waiting, now, volume),
        };
    }

    public override ProviderRequest Delete(AccountState state, CloudResource resource) => ProviderRequest.Of(
        "Error deleting droplet", "DELETE", $"droplets/{resource.Id}",
        change => DropletRecords.Delete(change, long.Parse(resource.Id!, CultureInfo.InvariantCulture)));

    public override CloudResource? Read(AccountState state, CloudResource resource)
    {
        if (Find(state, resource) is not { } droplet)
        {
            return null;
        }
        resource = resource
            .With("createdAt", droplet.CreatedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))
            .With("disk", (double)droplet.DiskGiB)
            .With("dropletUrn", droplet.Urn)
            .With("locked", droplet.HasPendingEvent)
            .With("status", droplet.Status);
        foreach (var (name, address) in
            new[] { ("ipv4Address", droplet.PublicAddress), ("ipv4AddressPrivate", droplet.VpcAddress) })
        {
            resource = address is null ? resource : resource.With(name, address);
        }
        return resource;
    }

    public override Progress ProgressOf(AccountState state, CloudResource resource) => Find(state, resource) switch
    {
        null => Progress.Gone,
        { IsDeleting: true } => Progress.Leaving,
        { Pending: not null } => Progress.Pending,
        var droplet when state.All<Volume>().Any(volume => volume.Pending?.DropletId == droplet.Id) => Progress.Pending,
        { Problem: not null } => Progress.Failed,
        _ => Progress.Ready,
    };

    public override string? Problem(AccountState state, CloudResource resource) => Find(state, resource)?.Problem;

    /// <summary>Begins the deletion of a Droplet whose creation was interrupted, so that it does not boot first.</summary>
    public static void Abandon(AccountChange change, CloudResource resource)
    {
        if (Find(change.State, resource) is { IsDeleting: false } droplet)
        {
            DropletRecords.Delete(change, droplet.Id);
        }
    }

    private static Droplet? Find(AccountState state, CloudResource resource) =>
        resource.Id is { } id ? state.Find<Droplet>(id) : null;
}
