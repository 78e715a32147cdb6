namespace Infra.Lab.Network;

/// <summary>A plain host that a test attaches to the virtual network: without a firewall, and unknown to the cloud.</summary>
/// <param name="Link">The router's end of its link, see <see cref="NetworkLinks"/>.</param>
/// <param name="Address">The only allowed source address.</param>
/// <param name="VpcId">Its VPC; null: the public network.</param>
internal sealed record NetworkNeighbour(string Link, string Address, string? VpcId);
