using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Networks;

/// <summary>
/// A Droplet or load balancer that was deleted: its VPC lists it for a moment, and cannot be deleted (403 and 409, which the provider
/// repeats: terraform-provider-digitalocean 401992a1, resource_vpc.go).
/// </summary>
/// <param name="Urn">Its URN.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">Time of its creation.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="VpcAddress">Its address there, which nobody else gets yet.</param>
internal sealed record DeletedMember(string Urn, string Name, DateTimeOffset CreatedAt, string? VpcId, string? VpcAddress) : IVpcMember
{
    public string Key => Urn;

    public static DeletedMember Of(IVpcMember member) => new(member.Urn, member.Name, member.CreatedAt, member.VpcId, member.VpcAddress);
}
