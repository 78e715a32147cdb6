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
    /// <summary>Name of the Droplet, and its host name: a label of at most 63 letters, digits and hyphens.</summary>
    [Input("hostname", required: true)]
    public required Input<string> Hostname { get; init; }

    /// <summary>Region slug; it must offer the size.</summary>
    [Input("region", required: true)]
    public required Input<string> Region { get; init; }

    /// <summary>Size slug. Another size is another Droplet: DigitalOcean does not resize GPU Droplets.</summary>
    [Input("size", required: true)]
    public required Input<string> Size { get; init; }

    /// <summary>Slug or number of the image.</summary>
    [Input("image", required: true)]
    public required Input<string> Image { get; init; }

    /// <summary>Tags, those that firewalls and load balancers go by among them.</summary>
    [Input("tags")]
    public InputList<string> Tags { get; init; } = [];

    /// <summary>Id of the VPC.</summary>
    [Input("vpcId", required: true)]
    public required Input<string> VpcId { get; init; }

    /// <summary>Text of <c>/etc/inference/node.env</c>: in the user data of a new Droplet, and over SSH on one that exists.</summary>
    public required Output<string> NodeEnvironment { get; init; }

    /// <summary>SSH public keys of people, beside the stack's own. Default: none.</summary>
    [Input("adminSshKeys")]
    public InputList<string> AdminSshKeys { get; init; } = [];

    /// <summary>The stack's own SSH key.</summary>
    public required OperatorKey OperatorKey { get; init; }

    /// <summary>Who signs the certificate of the node.</summary>
    public required CertificateAuthority Authority { get; init; }

    /// <summary>Host names that the certificate is good for, beside <c>localhost</c>. Default: none.</summary>
    [Input("dnsNames")]
    public InputList<string> DnsNames { get; init; } = [];

    /// <summary>Addresses that the certificate is good for, beside loopback and the node's own in the VPC. Default: none.</summary>
    [Input("ipAddresses")]
    public InputList<string> IpAddresses { get; init; } = [];

    /// <summary>API keys by the name of the client.</summary>
    public required Output<ImmutableDictionary<string, string>> ClientKeys { get; init; }

    /// <summary>Hugging Face token for a gated model. Default: none.</summary>
    public Output<string>? HuggingFaceToken { get; init; }

    /// <summary>Name of the Volume that keeps the weights when the Droplet goes. Default: no Volume.</summary>
    public string? CacheVolumeName { get; init; }

    /// <summary>Its size. Required with a name.</summary>
    public int? CacheVolumeGiB { get; init; }

    /// <summary>Longest time from a new Droplet to its first answer, in seconds.</summary>
    [Input("readyTimeoutSeconds", required: true)]
    public required Input<int> ReadyTimeoutSeconds { get; init; }

    /// <summary>Differs with each run, so that each asks the node whether it serves. Default: it is asked after changes alone.</summary>
    public string? Run { get; init; }

    /// <summary>What must be there before the Droplet is, as its firewalls. Default: nothing.</summary>
    public IReadOnlyList<Resource> After { get; init; } = [];
}

/// <summary>
/// A Droplet that serves a model: the machine, who it is to SSH, its secrets, its settings, and the wait for its first answer.
/// Settings are changed in place; another image, size, region, network or host key, or other node files, is another Droplet.
/// </summary>
public sealed class GpuNode : ComponentResource
{
    public GpuNode(string name, GpuNodeArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:GpuNode", name, args, options)
    {
        var hostKey = new PrivateKey($"{name}-host", new() { Algorithm = "ED25519" }, new() { Parent = this });
        HostKey = hostKey.PublicKeyOpenssh.Apply(line => line.Trim());

        // Of another type than the lasting key: both can be served at once, and each connection asks for the type that it expects.
        // One value for both, so that a Droplet that is made anew has a one-use key that no earlier user data held.
        // The Volume is part of it: one that is added, taken away or replaced would be attached or detached in place, under a running
        // engine and behind what is mounted. Its size is not: it grows in place.
        var volume = CacheVolume.Of(name, args, this);
        Input<string>[] identity = [args.Image, args.Size, args.Region, args.VpcId, args.OperatorKey.KeyId, HostKey, .. volume is null ? Array.Empty<Input<string>>() : [volume.Id]];
        var generation = Output.All(identity).Apply(parts => (object)$"{NodeFiles.Revision} {string.Join(' ', parts)}");
        var oneUseKey = new PrivateKey($"{name}-one-use", new() { Algorithm = "ECDSA", EcdsaCurve = "P256" }, new() { Parent = this, ReplacementTrigger = generation });
        var opsKeys = Output.Tuple(args.OperatorKey.PublicKey, args.AdminSshKeys.ToOutput()).Apply(keys => keys.Item2.Insert(0, keys.Item1));
        var userData = Output.Tuple(args.Hostname.ToOutput(), args.NodeEnvironment, opsKeys, oneUseKey.PrivateKeyOpenssh, oneUseKey.PublicKeyOpenssh)
            .Apply(all => CloudConfig.Render(new()
            {
                Hostname = all.Item1,
                NodeEnvironment = all.Item2,
                OpsSshPublicKeys = all.Item3,
                OneUseHostKeyPrivate = all.Item4,
                OneUseHostKeyPublic = all.Item5,
            }));

        var droplet = new Droplet(name, new()
        {
            Name = args.Hostname,
            Region = args.Region,
            Size = args.Size,
            Image = args.Image,
            VpcUuid = args.VpcId,
            SshKeys = args.OperatorKey.KeyId, // without one, DigitalOcean makes a root password and mails it
            Tags = args.Tags,
            UserData = Output.CreateSecret(userData),
            VolumeIds = volume is null ? new InputList<string>() : volume.Id,
            Monitoring = true, // GPU graphs; it can only be had from the start
            DropletAgent = false, // the web console's way in
            Ipv6 = false,
        }, new()
        {
            Parent = this,
            DependsOn = args.After.ToArray(),
            // A GPU quota of one leaves no room for the new Droplet beside the old one.
            DeleteBeforeReplace = true,
            // So that the engine deletes the Droplet before a Volume that is replaced: the API deletes none that is attached, and the
            // engine does not go by the trigger for that.
            ReplaceOnChanges = { "volumeIds" },
            // User data is read at first boot alone. Without this each change of a setting would cost a Droplet; with it a replacement,
            // for another reason, still gets the new text: the engine puts ignored values back for the comparison only.
            IgnoreChanges = { "userData" },
            ReplacementTrigger = generation,
            // Delete covers the wait for a lock to go, and not the one for the Droplet to be gone: that is 60 s whatever is said here
            // (waitForDropletDestroy), and a Droplet that takes longer ends the run. What then helps is in docs/operations.md.
            CustomTimeouts = new() { Create = TimeSpan.FromMinutes(60), Delete = TimeSpan.FromMinutes(10) },
        });

        var onceForEachDroplet = NodeCommand.Triggers(droplet.Id);
        // The first connection expects the one-use key and puts the lasting one beside it; the next one, which expects the lasting key,
        // retires it. It runs once for each Droplet: on a later change of its inputs that connection could not be made any more.
        var adopt = NodeCommand.Quiet(
            Connection(droplet, oneUseKey.PublicKeyOpenssh, args, NodeConnection.DialsWhileBooting),
            $"{NodeCommand.WhenBooted} {NodeCommand.Script("install-host-key")}", Output.CreateSecret(hostKey.PrivateKeyOpenssh));
        adopt.Triggers = onceForEachDroplet;
        var adopted = new Command($"{name}-host-key", adopt, new()
        {
            Parent = this,
            IgnoreChanges = { "addPreviousOutputInEnv", "connection", "create", "logging", "stdin" },
            AdditionalSecretOutputs = { "stdout", "stderr" },
        });

        var connection = Connection(droplet, HostKey, args);
        // Who may log in changes more often than a Droplet, and who left must not wait for the next one.
        var authorize = NodeCommand.Quiet(
            connection, $"{NodeCommand.Script("set-operators")} && {NodeCommand.Script("retire-bootstrap-key")}",
            opsKeys.Apply(keys => string.Concat(keys.Append("# end").Select(line => $"{line}\n"))));
        authorize.Triggers = onceForEachDroplet;
        var authorized = new Command($"{name}-operators", authorize, new() { Parent = this, DependsOn = adopted });

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
            After = [adopted, authorized],
        }, new() { Parent = this });

        var apply = NodeCommand.Quiet(connection, NodeCommand.Script("apply-settings"), args.NodeEnvironment);
        apply.Triggers = onceForEachDroplet;
        var settings = new Command($"{name}-settings", apply, new() { Parent = this, DependsOn = new Resource[] { adopted, authorized, secrets.Delivered } });

        CacheVolume.Grow(name, volume, connection, droplet.Id, adopted, authorized, this);

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
        Ledger = Ready.Ledger;
        RegisterOutputs();
    }

    /// <summary>Address on the internet: for SSH alone.</summary>
    [Output("publicAddress")]
    public Output<string> PublicAddress { get; private init; }

    /// <summary>Address in the VPC.</summary>
    [Output("privateAddress")]
    public Output<string> PrivateAddress { get; private init; }

    /// <summary>The lasting host key as <c>known_hosts</c> has it after the address: <c>ssh-ed25519 AAAA...</c>.</summary>
    [Output("hostKey")]
    public Output<string> HostKey { get; private init; }

    /// <summary>Where the time of the bring-up went.</summary>
    [Output("ledger")]
    public Output<string> Ledger { get; private init; }

    /// <summary>The wait for the first answer, to wait for.</summary>
    public ReadinessGate Ready { get; }

    private static NodeConnection Connection(Droplet droplet, Input<string> hostKey, GpuNodeArgs args, int dialErrorLimit = 20) => new()
    {
        Host = droplet.Ipv4Address,
        HostKey = hostKey,
        PrivateKey = args.OperatorKey.PrivateKey,
        DialErrorLimit = dialErrorLimit,
    };
}
