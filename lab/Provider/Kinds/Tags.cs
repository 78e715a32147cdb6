using System.Text.RegularExpressions;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Tags: names by which firewalls and load balancers select Droplets.</summary>
internal sealed partial class Tags : DigitalOceanKind
{
    public override string Type => Types.Tag;

    public override bool IsPure => true;

    public override bool ReplacedBy(string input) => true;

    public override void Check(CloudResource? before, CloudResource after) => CheckNames([after.CloudName]);

    // Creating an existing tag is no error: the id is the name.
    public override CloudResource Reserve(CloudResource resource)
    {
        var named = Named(resource);
        return named with { Id = named.CloudName };
    }

    public override Task<CloudResource> CreateAsync(CloudResource resource) => Task.FromResult(resource);

    /// <summary>Throws the provider's error for an invalid name.</summary>
    public static void CheckNames(IEnumerable<string> names)
    {
        if (names.Any(name => !Name().IsMatch(name)))
        {
            throw new ProviderException(
                "tags may contain lowercase letters, numbers, colons, dashes, and underscores; there is a limit of 255 characters per tag");
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9:\-_]{1,255}\z")]
    private static partial Regex Name();
}
