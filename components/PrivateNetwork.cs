using System.Globalization;
using Infra.Planning.Plan;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;
using Pulumi.Utilities;

namespace Infra.Components;

/// <summary>Arguments of <see cref="PrivateNetwork"/>.</summary>
public sealed class PrivateNetworkArgs : ResourceArgs
{
    /// <summary>Name of VPC and firewall at DigitalOcean: letters, digits, <c>-</c> and <c>.</c>, unique in the account.</summary>
    [Input("cloudName", required: true)]
    public required Input<string> CloudName { get; init; }

    /// <summary>Region slug.</summary>
    [Input("region", required: true)]
    public required Input<string> Region { get; init; }

    /// <summary>Tag of the Droplets that the firewall applies to.</summary>
    [Input("tag", required: true)]
    public required Input<string> Tag { get; init; }

    /// <summary>Private address range, /16 to /24. Default: DigitalOcean selects one that is free in the account.</summary>
    [Input("ipRange")]
    public Input<string>? IpRange { get; init; }

    /// <summary>Address ranges with SSH access. Default: none.</summary>
    [Input("adminCidrs")]
    public InputList<string> AdminCidrs { get; init; } = [];

    /// <summary>
    /// TCP ports that Droplets may connect to, on any address. DNS, NTP and ICMP are always allowed, nothing else. Default: none.
    /// </summary>
    public IReadOnlyList<int> OutboundTcpPorts { get; init; } = [];
}

/// <summary>A VPC, and a Cloud Firewall for the Droplets of a tag: SSH from administrators, and the outbound ports of a node.</summary>
public sealed class PrivateNetwork : ComponentResource
{
    private static readonly string[] s_anywhere = ["0.0.0.0/0", "::/0"];

    private PrivateNetwork(string name, PrivateNetworkArgs args, ComponentResourceOptions? options)
        : base("infra:components:PrivateNetwork", name, args, options)
    {
        // A firewall needs existing tags, and must exist before the first Droplet.
        var tag = new Tag(name, new() { Name = args.Tag }, new()
        {
            Parent = this,
            // The state keeps the tag that the network was created with, to detect a renamed stack.
            IgnoreChanges = { "name" },
        });
        Tag = tag.Name;
    }

    /// <summary>
    /// Declares the network, after a check that the stack has the name that its tag was created with. The check awaits the tag outside of
    /// an output: Pulumi adds a trace to an error inside an output that is a property of a resource.
    /// </summary>
    /// <exception cref="Planning.Errors.ConfigurationException">The stack was renamed; only the tag is declared.</exception>
    public static async Task<PrivateNetwork> CreateAsync(string name, PrivateNetworkArgs args, ComponentResourceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        var network = new PrivateNetwork(name, args, options);
        var asked = await OutputUtilities.GetValueAsync(args.Tag.ToOutput()).ConfigureAwait(false);
        // Null in a preview if the tag does not exist yet and the engine does not know its name.
        if (await OutputUtilities.GetValueAsync(network.Tag).ConfigureAwait(false) is { } made)
        {
            StackRename.Check(made, asked);
        }
        network.Declare(name, args);
        return network;
    }

    /// <summary>Id of the VPC, a UUID.</summary>
    [Output("vpcId")]
    public Output<string> VpcId { get; private set; } = null!;

    /// <summary>Its address range in CIDR notation.</summary>
    [Output("ipRange")]
    public Output<string> IpRange { get; private set; } = null!;

    /// <summary>Tag of the Droplets that the firewall applies to.</summary>
    [Output("tag")]
    public Output<string> Tag { get; private set; }

    /// <summary>Resources that a Droplet depends on, so that it never runs without the firewall.</summary>
    public Firewall Firewall { get; private set; } = null!;

    private void Declare(string name, PrivateNetworkArgs args)
    {
        var vpc = new Vpc(name, new()
        {
            Name = args.CloudName,
            Region = args.Region,
            IpRange = args.IpRange,
            Description = "Private network of an inference stack",
        }, new()
        {
            Parent = this,
            // The name is unique, so delete before replace.
            DeleteBeforeReplace = true,
            // The API returns 403 or 409 while the VPC has a member, such as a Droplet in deletion. The provider retries for this long (2
            // minutes by default). A longer wait is useless: members that remain then are not of this stack.
            CustomTimeouts = new() { Delete = TimeSpan.FromMinutes(10) },
        });
        vpc.Default.Apply(isDefault =>
        {
            if (isDefault)
            {
                Log.Warn(
                    "DigitalOcean made this VPC the default of its region, because it is the first one, and does not delete a default VPC: "
                    + "before pulumi destroy, make another VPC the default (docs/operations.md)", vpc);
            }
            return isDefault;
        });
        var firewall = new Firewall(name, new()
        {
            Name = args.CloudName,
            Tags = Tag,
            InboundRules = new FirewallInboundRuleArgs
            {
                Protocol = "tcp",
                PortRange = Text(PortAccess.SshPort),
                SourceAddresses = args.AdminCidrs,
            },
            OutboundRules = Outbound(args.OutboundTcpPorts),
        }, new() { Parent = this });

        VpcId = vpc.Id;
        IpRange = vpc.IpRange;
        Firewall = firewall;
        RegisterOutputs();
    }

    private static FirewallOutboundRuleArgs[] Outbound(IReadOnlyList<int> tcpPorts) =>
    [
        .. tcpPorts.Select(port => To("tcp", Text(port))),
        To("udp", "53"),
        To("udp", "123"),
        To("icmp", null),
    ];

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    // The API wants no port for ICMP, and the provider rejects an empty one.
    private static FirewallOutboundRuleArgs To(string protocol, string? port) => new()
    {
        Protocol = protocol,
        PortRange = port is null ? null : (Input<string>)port,
        DestinationAddresses = s_anywhere,
    };
}
