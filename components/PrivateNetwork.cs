using System.Globalization;
using Infra.Planning.Plan;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;

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

    /// <summary>Tag of the Droplets that the firewall holds for.</summary>
    [Input("tag", required: true)]
    public required Input<string> Tag { get; init; }

    /// <summary>Private address range, /16 to /24. Default: one that DigitalOcean picks, free of the account's other VPCs.</summary>
    [Input("ipRange")]
    public Input<string>? IpRange { get; init; }

    /// <summary>Address ranges that may open SSH. Default: none.</summary>
    [Input("adminCidrs")]
    public InputList<string> AdminCidrs { get; init; } = [];

    /// <summary>TCP ports that the Droplets may connect to, anywhere. Beside them go DNS, NTP and ICMP, and nothing else. Default: none.</summary>
    public IReadOnlyList<int> OutboundTcpPorts { get; init; } = [];
}

/// <summary>A VPC of its own, and a Cloud Firewall for the Droplets of a tag: SSH from the administrators in, what a node needs out.</summary>
public sealed class PrivateNetwork : ComponentResource
{
    private static readonly string[] s_anywhere = ["0.0.0.0/0", "::/0"];

    public PrivateNetwork(string name, PrivateNetworkArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:PrivateNetwork", name, args, options)
    {
        // A firewall takes only tags that exist, and it shall be there before the first Droplet is.
        var tag = new Tag(name, new() { Name = args.Tag }, new()
        {
            Parent = this,
            // The state keeps the tag that the network was made with, and a renamed stack is noticed by it.
            IgnoreChanges = { "name" },
        });
        var made = Output.Tuple(tag.Name, args.Tag.ToOutput()).Apply(tags => UserErrors.Shown(() => StackRename.Refuse(made: tags.Item1, asked: tags.Item2)));
        var vpc = new Vpc(name, new()
        {
            // By way of the tag: everything else needs the VPC or the firewall, so a renamed stack stops here.
            Name = Output.Tuple(made, args.CloudName.ToOutput()).Apply(all => all.Item2),
            Region = args.Region,
            IpRange = args.IpRange,
            Description = "Private network of an inference stack",
        }, new()
        {
            Parent = this,
            // The name must be unique, so a new one can only follow the old one.
            DeleteBeforeReplace = true,
            // The API answers 403 or 409 while it still knows of a member, as a Droplet that is being destroyed; the provider tries again
            // for this long, by itself for 2 minutes. Longer is no use: what is left by then was put there by somebody else.
            CustomTimeouts = new() { Delete = TimeSpan.FromMinutes(10) },
        });
        vpc.Default.Apply(isDefault =>
        {
            if (isDefault)
            {
                Log.Warn("DigitalOcean made this VPC the default of its region, because it is the first one there, and deletes no default VPC: "
                    + "before pulumi destroy, make another VPC the default (docs/operations.md)", vpc);
            }
            return isDefault;
        });
        var firewall = new Firewall(name, new()
        {
            Name = args.CloudName,
            Tags = made,
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
        Tag = made;
        Firewall = firewall;
        RegisterOutputs();
    }

    /// <summary>Id of the VPC, a UUID.</summary>
    [Output("vpcId")]
    public Output<string> VpcId { get; private init; }

    /// <summary>Its address range in CIDR notation.</summary>
    [Output("ipRange")]
    public Output<string> IpRange { get; private init; }

    /// <summary>Tag of the Droplets that the firewall holds for.</summary>
    [Output("tag")]
    public Output<string> Tag { get; private init; }

    /// <summary>What a Droplet must wait for, so that it is never up without it.</summary>
    public Firewall Firewall { get; }

    private static FirewallOutboundRuleArgs[] Outbound(IReadOnlyList<int> tcpPorts) =>
    [
        .. tcpPorts.Select(port => To("tcp", Text(port))),
        To("udp", "53"),
        To("udp", "123"),
        To("icmp", null),
    ];

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    // The API wants no port for ICMP, and the provider refuses an empty one.
    private static FirewallOutboundRuleArgs To(string protocol, string? port) => new()
    {
        Protocol = protocol,
        PortRange = port is null ? null : (Input<string>)port,
        DestinationAddresses = s_anywhere,
    };
}
