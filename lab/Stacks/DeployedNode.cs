namespace Infra.Lab.Stacks;

/// <summary>A server of a running lab.</summary>
/// <param name="Name">Its name in the program: <c>chat-0</c>.</param>
/// <param name="Id">Id of the Droplet.</param>
/// <param name="Hostname">Name of the Droplet.</param>
/// <param name="Size">Size slug.</param>
/// <param name="PublicAddress">Address for SSH.</param>
/// <param name="PrivateAddress">Address in the VPC.</param>
internal sealed record DeployedNode(string Name, string Id, string Hostname, string Size, string PublicAddress, string PrivateAddress)
{
    /// <summary>Name of its endpoint: that of the node without its number.</summary>
    public string Endpoint => Name[..Name.LastIndexOf('-')];
}
