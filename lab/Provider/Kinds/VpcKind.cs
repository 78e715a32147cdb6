using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Config;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Private networks.</summary>
internal sealed class VpcKind : DigitalOceanKind
{
    public override string Type => Types.Vpc;

    protected override string ReadFailure => "Error reading VPC";

    public override bool ReplacedBy(string input) => input is "region" or "ipRange";

    public override void Check(CloudResource? before, CloudResource after)
    {
        var checks = InputChecks.Of(after);
        checks.NotEmpty("name", "region");
        checks.LengthInRange("description", 0, 255);
        if (after.Inputs.TextOrNull("ipRange") is { } text && !Cidr.TryParse(text, out _, out _))
        {
            throw checks.Refused($"expected \"ip_range\" to be a valid CIDR Value, got {text}: invalid CIDR address: {text}", "ipRange");
        }
    }

    public override ProviderRequest Create(CloudResource resource) => new("Error creating VPC", "POST", "vpcs", (change, known) =>
    {
        var request = Request(known) with { IpRange = known.Inputs.TextOrNull("ipRange") };
        EnsureDefault(change, request);
        return known with { Id = Vpcs.Create(change, request).Id };
    });

    public override ProviderRequest? Update(AccountState state, CloudResource before, CloudResource after, int sent) => sent > 0 ? null
        : ProviderRequest.Of("Error updating VPC ", "PUT", $"vpcs/{after.Id}",
            change => Vpcs.Update(change, after.Id!, Request(after), whole: true));

    public override ProviderRequest Delete(AccountState state, CloudResource resource) =>
        ProviderRequest.Of("Error deleting VPC", "DELETE", $"vpcs/{resource.Id}", change => Vpcs.Delete(change, resource.Id!));

    public override bool IsHeld(AccountState state, CloudResource resource) =>
        state.Find<Vpc>(resource.Id!) is { } vpc && Vpcs.Members(state, vpc).Count > 0;

    public override CloudResource? Read(AccountState state, CloudResource resource) =>
        resource.Id is { } id && state.Find<Vpc>(id) is { } vpc
            ? resource
                .With("ipRange", vpc.IpRange)
                .With("createdAt", vpc.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss +0000 UTC", CultureInfo.InvariantCulture))
                .With("default", vpc.Default)
                .With("vpcUrn", vpc.Urn)
            : null;

    /// <summary>
    /// DigitalOcean makes the first VPC of a region its default one, and never deletes that. An account that was used before has one.
    /// </summary>
    private static void EnsureDefault(AccountChange change, VpcRequest asked)
    {
        if (asked.Region is not { } region || !CloudRegion.Available.Contains(region)
            || change.All<Vpc>().Any(vpc => vpc.Region == region && vpc.Default))
        {
            return;
        }
        var taken = change.All<Vpc>().Select(vpc => vpc.IpRange).Append(asked.IpRange).OfType<string>()
            .Select(text => Cidr.TryParse(text, out var range, out _) ? range : (Cidr?)null).OfType<Cidr>().ToList();
        var free = Enumerable.Range(0, 16).Select(part => Cidr.Parse($"192.168.{240 - (16 * part)}.0/20"))
            .FirstOrDefault(range => !taken.Any(range.Overlaps) && !AddressRanges.IsReserved(range, region));
        Vpcs.Create(change, new($"default-{region}", Region: region, IpRange: free.ToString()));
    }

    private static VpcRequest Request(CloudResource vpc) =>
        new(vpc.CloudName, vpc.Inputs.TextOrNull("description"), vpc.Inputs.TextOrNull("region"));
}
