using System.Collections.Immutable;
using Infra.Node;
using Pulumi;
using Pulumi.Command.Remote;
using Pulumi.DigitalOcean;
using Pulumi.Tls;

namespace Infra.Components;

/// <summary>Arguments of <see cref="GpuNode"/>.</summary>
public sealed class GpuNodeArgs : ResourceArgs
{
    /// <summary>Name of the Droplet and host name: a label of at most 63 letters, digits and hyphens.</summary>
    [Input("hostname", required: true)]
    public required Input<string> Hostname { get; init; }

    /// <summary>Region slug; it must offer the size.</summary>
    [Input("region", required: true)]
    public required Input<string> Region { get; init; }

    /// <summary>Size slug. Another size replaces the Droplet: DigitalOcean does not resize GPU Droplets.</summary>
    [Input("size", required: true)]
    public required Input<string> Size { get; init; }

    /// <summary>Slug or number of the image.</summary>
    [Input("image", required: true)]
    public required Input<string> Image { get; init; }

    /// <summary>Tags, including those of firewalls and load balancers.</summary>
    [Input("tags")]
    public InputList<string> Tags { get; init; } = [];

    /// <summary>Id of the VPC.</summary>
    [Input("vpcId", required: true)]
    public required Input<string> VpcId { get; init; }

    /// <summary>Content of <c>/etc/inference/node.env</c>: in the user data of a new Droplet, over SSH on an existing one.</summary>
    public required Output<string> NodeEnvironment { get; init; }

    /// <summary>SSH public keys of people, in addition to the stack's key. Default: none.</summary>
    [Input("adminSshKeys")]
    public InputList<string> AdminSshKeys { get; init; } = [];

    /// <summary>The stack's SSH key.</summary>
    public required OperatorKey OperatorKey { get; init; }

    /// <summary>Signs the node's certificate.</summary>
    public required CertificateAuthority Authority { get; init; }

    /// <summary>Host names in the certificate, in addition to <c>localhost</c>. Default: none.</summary>
    [Input("dnsNames")]
    public InputList<string> DnsNames { get; init; } = [];

    /// <summary>Addresses in the certificate, in addition to loopback and the node's VPC address. Default: none.</summary>
    [Input("ipAddresses")]
    public InputList<string> IpAddresses { get; init; } = [];

    /// <summary>API keys by client name.</summary>
    public required Output<ImmutableDictionary<string, string>> ClientKeys { get; init; }

    /// <summary>Hugging Face token for a gated model. Default: none.</summary>
    public Output<string>? HuggingFaceToken { get; init; }

    /// <summary>Name of the Volume that keeps the weights. Default: no Volume.</summary>
    public string? CacheVolumeName { get; init; }

    /// <summary>Size of the Volume. Required with a name.</summary>
    public int? CacheVolumeGiB { get; init; }

    /// <summary>Timeout from a new Droplet to its first answer, in seconds.</summary>
    [Input("readyTimeoutSeconds", required: true)]
    public required Input<int> ReadyTimeoutSeconds { get; init; }

    /// <summary>Changes in each run, so that each run checks the node. Default: only after changes.</summary>
    public string? Run { get; init; }

    /// <summary>Resources that must exist before the Droplet, such as its firewalls. Default: none.</summary>
    public IReadOnlyList<Resource> After { get; init; } = [];
}

/// <summary>
/// A Droplet that serves a model: machine, SSH identity, secrets, node.env, and the wait for the first answer. Settings change in place;
/// another image, size, region, network, host key or revision of the node files replaces the Droplet.
/// </summary>
public sealed class GpuNode : ComponentResource
{
    public GpuNode(string name, GpuNodeArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:GpuNode", name, args, options)
    {
        var hostKey = new PrivateKey($"{name}-host", new() { Algorithm = "ED25519" }, new() { Parent = this });
        HostKey = hostKey.PublicKeyOpenssh.Apply(line => line.Trim());

        // Another type than the permanent key: sshd serves both at once, and each connection requests the type that it expects. The same
        // trigger for both, so that a replaced Droplet gets a new bootstrap key. The Volume is part of it: a Volume that is added, removed
        // or replaced would be attached or detached under a running engine. Its size is not: it grows in place.
        var volume = CacheVolume.Of(name, args, this);
        Input<string>[] identity = [args.Image, args.Size, args.Region, args.VpcId, args.OperatorKey.KeyId, HostKey,
            .. volume is null ? Array.Empty<Input<string>>() : [volume.Id]];
        var generation = Output.All(identity).Apply(parts => (object)$"{NodeFiles.Revision} {string.Join(' ', parts)}");
        var bootstrapKey = new PrivateKey($"{name}-one-use", new() { Algorithm = "ECDSA", EcdsaCurve = "P256" },
            new() { Parent = this, ReplacementTrigger = generation });
        var opsKeys = Output.Tuple(args.OperatorKey.PublicKey, args.AdminSshKeys.ToOutput())
            .Apply(keys => keys.Item2.Insert(0, keys.Item1));
        var userData = Output.Tuple(args.Hostname.ToOutput(), args.NodeEnvironment, opsKeys, bootstrapKey.PrivateKeyOpenssh,
            bootstrapKey.PublicKeyOpenssh)
            .Apply(all => CloudConfig.Render(new()
            {
                Hostname = all.Item1,
                NodeEnvironment = all.Item2,
                OpsSshPublicKeys = all.Item3,
                BootstrapHostKeyPrivate = all.Item4,
                BootstrapHostKeyPublic = all.Item5,
            }));

        var droplet = new Droplet(name, new()
        {
            Name = args.Hostname,
            Region = args.Region,
            Size = args.Size,
            Image = args.Image,
            VpcUuid = args.VpcId,
            SshKeys = args.OperatorKey.KeyId, // without one, DigitalOcean creates a root password and mails it
            Tags = args.Tags,
            UserData = Output.CreateSecret(userData),
            VolumeIds = volume is null ? new InputList<string>() : volume.Id,
            Monitoring = true, // GPU graphs; can only be enabled at creation
            DropletAgent = false, // the agent of the web console
            Ipv6 = false,
        }, new()
        {
            Parent = this,
            DependsOn = args.After.ToArray(),
            // A GPU quota of one has no room for the new Droplet next to the old one.
            DeleteBeforeReplace = true,
            // Makes Pulumi delete the Droplet before a replaced Volume: the API does not delete an attached Volume, and the replacement
            // trigger does not order the deletions.
            ReplaceOnChanges = { "volumeIds" },
            // Only the first boot reads user data. Without this, each change of a setting would replace the Droplet. With it, a replacement
            // for another reason still gets the new text: Pulumi restores ignored values only for the comparison.
            IgnoreChanges = { "userData" },
            ReplacementTrigger = generation,
            // Delete covers the wait for a lock, but not the wait until the Droplet is gone: that is always 60 s (waitForDropletDestroy),
            // and a slower deletion fails the run. docs/operations.md has the fix.
            CustomTimeouts = new() { Create = TimeSpan.FromMinutes(60), Delete = TimeSpan.FromMinutes(10) },
        });

        var onceForEachDroplet = NodeCommand.Triggers(droplet.Id);
        // The first connection expects the bootstrap host key and installs the permanent one. The next connection expects the permanent key
        // and retires the bootstrap key. Runs once per Droplet: after that, a change of its inputs could not connect any more.
        var install = NodeCommand.Quiet(
            Connection(droplet, bootstrapKey.PublicKeyOpenssh, args, NodeConnection.DialsWhileBooting),
            $"{NodeCommand.WhenBooted} {NodeCommand.Script("install-host-key")}", Output.CreateSecret(hostKey.PrivateKeyOpenssh));
        install.Triggers = onceForEachDroplet;
        var installed = new Command($"{name}-host-key", install, new()
        {
            Parent = this,
            IgnoreChanges = { "addPreviousOutputInEnv", "connection", "create", "logging", "stdin" },
            AdditionalSecretOutputs = { "stdout", "stderr" },
        });

        var connection = Connection(droplet, HostKey, args);
        // Operators change more often than Droplets, and a removed operator must lose access at once.
        var authorize = NodeCommand.Quiet(
            connection, $"{NodeCommand.Script("set-operators")} && {NodeCommand.Script("retire-bootstrap-key")}",
            opsKeys.Apply(keys => string.Concat(keys.Append("# end").Select(line => $"{line}\n"))));
        authorize.Triggers = onceForEachDroplet;
        var authorized = new Command($"{name}-operators", authorize, new() { Parent = this, DependsOn = installed });

        Input<string>[] ownAddresses = ["127.0.0.1", droplet.Ipv4AddressPrivate];
        var certificate = new NodeCertificate(name, new()
        {
            CommonName = args.Hostname,
            DnsNames = ((InputList<string>)"localhost").Concat(args.DnsNames),
            IpAddresses = ((InputList<string>)ownAddresses).Concat(args.IpAddresses),
            Authority = args.Authority,
        }, new() { Parent = this });
        var secrets = new NodeSecrets(name, new()
        {
            Connection = connection,
            DropletId = droplet.Id,
            CertificatePem = certificate.CertificatePem,
            PrivateKeyPem = certificate.PrivateKeyPem,
            ClientKeys = args.ClientKeys,
            HuggingFaceToken = args.HuggingFaceToken,
            After = [installed, authorized],
        }, new() { Parent = this });

        var apply = NodeCommand.Quiet(connection, NodeCommand.Script("apply-settings"), args.NodeEnvironment);
        apply.Triggers = onceForEachDroplet;
        var settings = new Command($"{name}-settings", apply,
            new() { Parent = this, DependsOn = new Resource[] { installed, authorized, secrets.Delivered } });

        CacheVolume.Grow(name, volume, connection, droplet.Id, installed, authorized, this);

        Ready = new ReadinessGate(name, new()
        {
            Connection = connection,
            Triggers = [droplet.Id, args.NodeEnvironment],
            TimeoutSeconds = args.ReadyTimeoutSeconds,
            Run = args.Run,
            After = [secrets.Delivered, settings],
        }, new() { Parent = this });

        PublicAddress = droplet.Ipv4Address;
        PrivateAddress = droplet.Ipv4AddressPrivate;
        PhaseTimeline = Ready.PhaseTimeline;
        RegisterOutputs();
    }

    /// <summary>Public address: only for SSH.</summary>
    [Output("publicAddress")]
    public Output<string> PublicAddress { get; private init; }

    /// <summary>Address in the VPC.</summary>
    [Output("privateAddress")]
    public Output<string> PrivateAddress { get; private init; }

    /// <summary>The permanent host key as in <c>known_hosts</c> after the address: <c>ssh-ed25519 AAAA...</c>.</summary>
    [Output("hostKey")]
    public Output<string> HostKey { get; private init; }

    /// <summary>The phase timeline of the bring-up.</summary>
    [Output("ledger")]
    public Output<string> PhaseTimeline { get; private init; }

    /// <summary>The command that waits for the first answer, for dependencies.</summary>
    public ReadinessGate Ready { get; }

    private static NodeConnection Connection(Droplet droplet, Input<string> hostKey, GpuNodeArgs args, int dialErrorLimit = 20) => new()
    {
        Host = droplet.Ipv4Address,
        HostKey = hostKey,
        PrivateKey = args.OperatorKey.PrivateKey,
        DialErrorLimit = dialErrorLimit,
    };
}
