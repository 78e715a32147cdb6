using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Images;

/// <summary>Copies an image to another region, which is only a word here.</summary>
internal sealed class ImageTransfer : IWorkHandler
{
    public const string WorkKind = "image-transfer";

    public string Kind => WorkKind;

    public Task RunAsync(Work work, CancellationToken cancel) => Task.CompletedTask;

    public void End(AccountChange change, Work work, Exception? failure)
    {
        var action = change.Find<AccountAction>(AccountAction.KeyOf(work.ActionId!.Value));
        if (failure is null && change.Find<CloudImage>(work.Subject) is { } image && action?.RegionSlug is { } region)
        {
            change.Put(image with { Regions = [.. image.Regions, .. PublicImages.Known(region)] });
        }
    }
}

/// <summary>Imports an image from a URL: it fails.</summary>
internal sealed class ImageImport : IWorkHandler
{
    public const string WorkKind = "image-import";

    public string Kind => WorkKind;

    public Task RunAsync(Work work, CancellationToken cancel) => Task.CompletedTask;

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<CloudImage>(work.Subject) is { } image)
        {
            change.Put(image with
            {
                Status = CloudImage.Deleted,
                ErrorMessage = "The lab imports no images: its servers boot from images of its own, or from snapshots.",
            });
        }
    }
}

/// <summary>Deletes the disk of a snapshot.</summary>
internal sealed class SnapshotDeletion(IHostRuntime host) : IWorkHandler
{
    public const string WorkKind = "snapshot-delete";

    public string Kind => WorkKind;

    public Task RunAsync(Work work, CancellationToken cancel) => host.DeleteSnapshotAsync(work.Subject, cancel);

    public void End(AccountChange change, Work work, Exception? failure)
    {
        // The image is gone already; a file that is left goes with the lab.
    }
}
