namespace Infra.Lab.Fabric;

/// <summary>A plain host that a test attaches to the fabric: no firewall guards it, and it is known to no cloud.</summary>
/// <param name="Link">The world's end of its link, by <see cref="FabricLinks"/>.</param>
/// <param name="Address">The only address that it may send from.</param>
/// <param name="VpcId">The VPC that it is a member of; null: it is on the public side.</param>
internal sealed record FabricNeighbour(string Link, string Address, string? VpcId);
