using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Networks;

/// <summary>A private network of a region.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Name">Unique in the account, whatever the case.</param>
/// <param name="Description">Free text.</param>
/// <param name="Region">Slug.</param>
/// <param name="IpRange">CIDR notation.</param>
/// <param name="Default">Whether new resources of the region are in it unless they say otherwise.</param>
/// <param name="CreatedAt">Time of its creation.</param>
internal sealed record Vpc(
    string Id, string Name, string Description, string Region, string IpRange, bool Default, DateTimeOffset CreatedAt) : IResource
{
    public string Key => Id;

    public string Urn => $"do:vpc:{Id}";
}

/// <summary>The members of a request that creates or changes a VPC; null: not given.</summary>
internal sealed record VpcRequest(
    string? Name = null, string? Description = null, string? Region = null, string? IpRange = null, bool? Default = null);
