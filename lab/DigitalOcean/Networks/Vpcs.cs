using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Planning.Config;

namespace Infra.Lab.DigitalOcean.Networks;

/// <summary>What DigitalOcean does with VPCs, and refuses.</summary>
internal static partial class Vpcs
{
    // Specification 2.0, schema vpc_create, and its description of name.
    private const int LargestPrefix = 28;
    private const int SmallestPrefix = 16;
    private const int LongestDescription = 255;

    public static Vpc Create(AccountChange change, VpcRequest request)
    {
        var region = request.Region ?? throw ApiError.Unprocessable("region is required");
        if (!CloudRegion.Available.Contains(region))
        {
            throw ApiError.Unprocessable("region is invalid");
        }
        CheckName(change, request.Name, null);
        CheckDescription(request.Description);
        var isFirst = !change.All<Vpc>().Any(other => other.Region == region && other.Default);
        return change.Put(new Vpc(AccountChange.NewId(), request.Name!, request.Description ?? "", region,
            Range(change, request.IpRange, region), isFirst, change.Now));
    }

    /// <summary>The default VPC of a region, which comes into being with the first resource that needs it.</summary>
    public static Vpc DefaultOf(AccountChange change, string region) =>
        change.All<Vpc>().FirstOrDefault(vpc => vpc.Region == region && vpc.Default)
        ?? change.Put(new Vpc(AccountChange.NewId(), $"default-{region}", "", region, Range(change, null, region), true, change.Now));

    /// <summary>The next free address for a Droplet or load balancer.</summary>
    public static string TakeAddress(AccountChange change, Vpc vpc)
    {
        var taken = Members(change.State, vpc).Select(member => member.VpcAddress).OfType<string>();
        return AddressRanges.NextAddress(Cidr.Parse(vpc.IpRange), taken)
            ?? throw ApiError.Unprocessable("There are no more IP addresses available in this VPC.");
    }

    /// <param name="change">The change.</param>
    /// <param name="id">Its id.</param>
    /// <param name="request">The new values.</param>
    /// <param name="whole">PUT: what is not given is emptied. PATCH: it stays.</param>
    public static Vpc Update(AccountChange change, string id, VpcRequest request, bool whole)
    {
        var vpc = change.Get<Vpc>(id);
        if (whole || request.Name is not null)
        {
            CheckName(change, request.Name, vpc);
        }
        CheckDescription(request.Description);
        if (request.Default == true && !vpc.Default)
        {
            foreach (var other in change.All<Vpc>().Where(other => other.Region == vpc.Region && other.Default))
            {
                change.Put(other with { Default = false });
            }
        }
        return change.Put(vpc with
        {
            Name = request.Name ?? vpc.Name,
            Description = request.Description ?? (whole ? "" : vpc.Description),
            Default = vpc.Default || request.Default == true,
        });
    }

    public static void Delete(AccountChange change, string id)
    {
        var vpc = change.Get<Vpc>(id);
        if (vpc.Default)
        {
            throw ApiError.Forbidden("Can not delete default VPCs");
        }
        if (Members(change.State, vpc).Count > 0)
        {
            throw ApiError.Conflict("Can not delete VPC with members");
        }
        change.Remove(vpc);
    }

    /// <summary>What is in a VPC.</summary>
    public static IReadOnlyList<IVpcMember> Members(AccountState state, Vpc vpc) =>
        [.. state.AllOf<IVpcMember>().Where(member => member.VpcId == vpc.Id)];

    private static void CheckName(AccountChange change, string? name, Vpc? itself)
    {
        if (name is null || !CloudName().IsMatch(name))
        {
            throw ApiError.Unprocessable("name must only contain alphanumeric characters, dashes, and periods");
        }
        if (change.All<Vpc>().Any(other => other.Id != itself?.Id && string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw ApiError.Conflict("a VPC with this name already exists");
        }
    }

    private static void CheckDescription(string? description)
    {
        if (description?.Length > LongestDescription)
        {
            throw ApiError.Unprocessable("description may not be longer than 255 characters");
        }
    }

    private static string Range(AccountChange change, string? asked, string region)
    {
        var others = change.All<Vpc>().Select(vpc => Cidr.Parse(vpc.IpRange)).ToList();
        if (asked is null)
        {
            return AddressRanges.Choose(others, region);
        }
        if (!Cidr.TryParse(asked, out var range, out _) || range.IsV6 || !range.IsPrivate
            || range.PrefixLength is < SmallestPrefix or > LargestPrefix)
        {
            throw ApiError.Unprocessable("ip_range must be a private range of RFC 1918, not larger than /16 and not smaller than /28");
        }
        if (AddressRanges.IsReserved(range, region))
        {
            throw ApiError.Unprocessable("This range/size overlaps with a range that is reserved by DigitalOcean");
        }
        return others.Any(other => other.Overlaps(range))
            ? throw ApiError.Unprocessable("This range/size overlaps with another VPC network in your account")
            : range.ToString();
    }

    [GeneratedRegex(@"^[a-zA-Z0-9.-]+\z")]
    private static partial Regex CloudName();
}
