using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Tags;

namespace Infra.Lab.DigitalOcean.Images;

/// <summary>What DigitalOcean does with images, and refuses.</summary>
internal static class CloudImages
{
    private const string Convert = "convert";
    private const string Transfer = "transfer";

    /// <summary>A copy between regions takes minutes; the specification's example, 2014: six.</summary>
    private static readonly TimeSpan s_transfer = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_import = TimeSpan.FromMinutes(1);

    // Specification 2.0, schema distribution: "Any other value will be accepted but ignored, and Unknown will be used in its place".
    private static readonly string[] s_distributions =
    [
        "Arch Linux", "CentOS", "CoreOS", "Debian", "Fedora", "Fedora Atomic", "FreeBSD", "Gentoo", "openSUSE", "RancherOS", "Rocky Linux",
        "Ubuntu",
    ];

    /// <summary>All images, the account's own first, as the API lists them: without failed imports (doctl #671).</summary>
    public static IReadOnlyList<CloudImage> All(AccountState state) =>
        [.. state.All<CloudImage>().Where(image => image.Status != CloudImage.Deleted), .. PublicImages.All];

    /// <summary>By id or slug; null: there is none.</summary>
    public static CloudImage? Find(AccountState state, string identifier) => state.Find<CloudImage>(identifier)
        ?? state.All<CloudImage>().FirstOrDefault(image => image.Slug == identifier)
        ?? PublicImages.All.FirstOrDefault(image => image.Slug == identifier || image.Key == identifier);

    /// <summary>By id or slug.</summary>
    /// <exception cref="ApiError">404.</exception>
    public static CloudImage Get(AccountState state, string identifier) => Find(state, identifier) ?? throw ApiError.NotFound();

    /// <summary>
    /// Begins the import of an image from a URL. It fails, as one of an image does that DigitalOcean cannot use: servers of the lab are
    /// containers, which boot from files, not from the disk of a virtual machine.
    /// </summary>
    public static CloudImage CreateCustom(AccountChange change, ImageRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || !Uri.TryCreate(request.Url, UriKind.Absolute, out _))
        {
            throw ApiError.Unprocessable("name, url and region are required");
        }
        if (request.Region is null || !CloudRegion.Available.Contains(request.Region))
        {
            throw ApiError.Unprocessable("region is invalid");
        }
        var id = change.NextNumber();
        change.Put(new Work(ImageImport.WorkKind, CloudImage.KeyOf(id), change.Now + change.Settings.Takes(s_import)));
        return change.Put(new CloudImage(
            id, request.Name, CloudImage.Custom, s_distributions.FirstOrDefault(known => known == request.Distribution) ?? "Unknown", null,
            PublicImages.Known(request.Region), 0, 0, request.Description ?? "",
            ResourceTags.Given(change, request.Tags, CloudImage.ResourceType, CloudImage.KeyOf(id)), change.Now)
        {
            Status = CloudImage.New,
        });
    }

    public static CloudImage Update(AccountChange change, string identifier, ImageRequest request)
    {
        var image = Own(change, identifier);
        if (request.Name is { } name && string.IsNullOrWhiteSpace(name))
        {
            throw ApiError.Unprocessable("Name can't be blank");
        }
        return change.Put(image with { Name = request.Name ?? image.Name, Description = request.Description ?? image.Description });
    }

    /// <summary>Deletes a snapshot; Droplets that booted from it keep their disks.</summary>
    public static void Delete(AccountChange change, string identifier)
    {
        var image = Own(change, identifier);
        if (image.Status == CloudImage.Deleted)
        {
            // terraform-provider-digitalocean 401992a1, resource_custom_image.go.
            throw ApiError.Unprocessable("Image Can not delete an already deleted image.");
        }
        change.Remove(image);
        if (image.Type == CloudImage.Custom)
        {
            foreach (var import in change.All<Work>()
                .Where(work => work.Kind == ImageImport.WorkKind && work.Subject == image.Key).ToList())
            {
                change.Remove(import);
            }
            return;
        }
        change.Put(new Work(SnapshotDeletion.WorkKind, image.Key, change.Now));
    }

    public static AccountAction Act(AccountChange change, string identifier, ImageActionRequest request)
    {
        var image = Own(change, identifier);
        if (image.Status != CloudImage.Available)
        {
            throw ApiError.Unprocessable("Image is not available");
        }
        switch (request.Type)
        {
            case Convert:
                throw ApiError.Unprocessable("Image is already a snapshot");
            case Transfer when request.Region is null || !CloudRegion.Available.Contains(request.Region):
                throw ApiError.Unprocessable("region is invalid");
            case Transfer when image.Regions.Contains(request.Region):
                throw ApiError.Unprocessable($"Image is already available in {request.Region}");
            case Transfer:
                return AccountActions.Begin(change, Transfer, CloudImage.ResourceType, image.Key, request.Region, ImageTransfer.WorkKind,
                    change.Settings.Takes(s_transfer));
            default:
                throw ApiError.Unprocessable($"type must be {Convert} or {Transfer}");
        }
    }

    /// <summary>Actions of an image, the newest first.</summary>
    public static IReadOnlyList<AccountAction> Actions(AccountState state, string identifier)
    {
        var image = Get(state, identifier);
        return [.. state.All<AccountAction>().Where(action => Concerns(action, image)).Reverse()];
    }

    /// <exception cref="ApiError">404.</exception>
    public static AccountAction Action(AccountState state, string identifier, long action) =>
        state.Get<AccountAction>(AccountAction.KeyOf(action)) is var found && Concerns(found, Get(state, identifier))
            ? found : throw ApiError.NotFound();

    private static bool Concerns(AccountAction action, CloudImage image) =>
        action.ResourceType == CloudImage.ResourceType && action.ResourceId == image.Id;

    // Changes are for ids; a slug names an image of DigitalOcean's.
    private static CloudImage Own(AccountChange change, string identifier)
    {
        var image = long.TryParse(identifier, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? Get(change.State, identifier) : throw ApiError.NotFound();
        return image.IsPublic ? throw ApiError.Forbidden() : image;
    }
}
