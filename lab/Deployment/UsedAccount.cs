using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Tags;
using Infra.Lab.Provider;
using Infra.Planning.Plan;

namespace Infra.Lab.Deployment;

/// <summary>What a stack expects in an account and never creates: tags of callers, zones of domains, images that it names.</summary>
internal static class UsedAccount
{
    /// <summary>Adds what is missing of it.</summary>
    /// <param name="change">A change of the account.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="options">Zones of other programs.</param>
    public static void Complete(AccountChange change, StackPlan plan, CloudOptions options)
    {
        foreach (var tag in plan.Endpoints.SelectMany(endpoint => endpoint.Ports.Nodes.Tags))
        {
            ResourceTags.Create(change, new(tag));
        }
        foreach (var zone in plan.Endpoints.Select(endpoint => endpoint.LoadBalancer?.Domain?.Zone).OfType<string>().Concat(options.Zones)
            .Distinct().Where(zone => change.Find<Domain>(zone) is null))
        {
            Domains.Create(change, new(zone));
        }
        foreach (var image in plan.Endpoints.Select(endpoint => endpoint.Image).Distinct()
            .Where(image => CloudImages.Find(change.State, image) is null))
        {
            Add(change, plan, image);
        }
    }

    /// <summary>A snapshot that the config names by its number, or an image of the user's catalog.</summary>
    private static void Add(AccountChange change, StackPlan plan, string image)
    {
        var isNumber = long.TryParse(image, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber || plan.Catalog.Images.ContainsKey(image))
        {
            change.Put(new CloudImage(
                isNumber ? number : change.NextNumber(), image, CloudImage.Snapshot, "Ubuntu", isNumber ? null : image,
                [.. CloudRegion.Available], MinDiskSize: 0, SizeGigabytes: 0, "", [], change.Now, DropletId: null, BaseSlug: image));
        }
    }
}
