using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Config;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Private networks. Here they are only address ranges: the host runtime creates the network with the first server.</summary>
internal sealed partial class Vpcs(CloudContext cloud) : DigitalOceanKind
{
    private const string Creating = "Error creating VPC";
    private const string Path = "vpcs";

    public override string Type => Types.Vpc;

    public override bool ReplacedBy(string input) => input is "region" or "ipRange";

    public override void Check(CloudResource? before, CloudResource after)
    {
        if (!CloudName().IsMatch(after.CloudName))
        {
            throw Refused(422, "name must only contain alphanumeric characters, dashes, and periods");
        }
        if (cloud.IsNameTaken(after))
        {
            throw Refused(409, "a VPC with this name already exists");
        }
        if (before is null && after.Inputs.TextOrNull("ipRange") is { } text)
        {
            if (!Cidr.TryParse(text, out var range, out _))
            {
                throw new ProviderException($"expected \"ip_range\" to be a valid CIDR Value, got {text}: invalid CIDR address: {text}");
            }
            if (range.IsV6 || !range.IsPrivate || range.PrefixLength is < 16 or > 24)
            {
                throw Refused(422, "ip_range must be a private range of RFC 1918, not larger than /16 and not smaller than /24");
            }
            if (AddressRanges.IsReserved(range, after.Inputs.Text("region")))
            {
                throw Refused(422, "This range/size overlaps with a range that is reserved by DigitalOcean");
            }
            if (Ranges(after).Any(other => other.Overlaps(range)))
            {
                throw Refused(422, "This range/size overlaps with another VPC network in your account");
            }
        }
    }

    public override CloudResource Reserve(CloudResource resource) => base.Reserve(resource).With(
        "ipRange", resource.Inputs.TextOrNull("ipRange") ?? AddressRanges.Choose(Ranges(resource), resource.Inputs.Text("region")));

    public override Task<CloudResource> CreateAsync(CloudResource resource) => Task.FromResult(resource
        .With("createdAt",
            cloud.Options.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss +0000 UTC", System.Globalization.CultureInfo.InvariantCulture))
        .With("default", false)
        .With("vpcUrn", $"do:vpc:{resource.Id}"));

    public override Task DeleteAsync(CloudResource resource) =>
        cloud.State.Resources.Any(other => other.Type is Types.Droplet or Types.LoadBalancer
            && other.Inputs.TextOrNull("vpcUuid") == resource.Id)
            ? throw ProviderException.Refused("Error deleting VPC", "DELETE", $"{Path}/{resource.Id}", 409,
                "Can not delete VPC with members")
            : Task.CompletedTask;

    /// <summary>The next free address of a VPC, for a Droplet or load balancer.</summary>
    public static string TakeAddress(CloudContext cloud, string id)
    {
        var range = Cidr.Parse(cloud.All(Types.Vpc).First(vpc => vpc.Id == id).Outputs.Text("ipRange"));
        var taken = cloud.State.Resources
            .SelectMany(resource =>
                new[] { resource.Outputs.TextOrNull("ipv4AddressPrivate"), resource.Hidden.TextOrNull(BalancerFacts.InVpc) })
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
        return AddressRanges.NextAddress(range, taken) ?? throw new ProviderException($"VPC {id} has no free address left in {range}");
    }

    private List<Cidr> Ranges(CloudResource except) =>
        [.. cloud.All(Type).Where(other => other.Order != except.Order).Select(other => Cidr.Parse(other.Outputs.Text("ipRange")))];

    private static ProviderException Refused(int status, string words) => ProviderException.Refused(Creating, "POST", Path, status, words);

    [GeneratedRegex(@"^[a-zA-Z0-9.-]+\z")]
    private static partial Regex CloudName();
}
