using System.Collections.Concurrent;
using System.Collections.Immutable;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Tests.Deployments;

/// <summary>Answers as the providers do, for the types that this project uses and for no other.</summary>
internal sealed class StrictMocks(bool preview) : IMocks
{
    /// <summary>Prefix of each secret here, to find a leak by its text.</summary>
    public const string Secret = "SECRET";

    /// <summary>The one secret that user data may hold.</summary>
    public const string BootstrapKey = "SECRET-KEY-OF chat-0-one-use";

    public ConcurrentDictionary<(string Type, string Name), ImmutableDictionary<string, object>> Registered { get; } = new();

    private int _droplets;

    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        var type = args.Type!;
        var name = args.Name!;
        Assert.True(Registered.TryAdd((type, name), args.Inputs), $"{type} {name} is there twice");
        var state = args.Inputs;
        if (!preview)
        {
            foreach (var (key, value) in Computed(type, name, args.Inputs))
            {
                state = state.SetItem(key, value);
            }
        }
        else
        {
            _ = Computed(type, name, args.Inputs); // unknown types fail in a preview too
        }
        return Task.FromResult<(string?, object)>((preview ? null : Id(type, name, args.Inputs), state));
    }

    public Task<object> CallAsync(MockCallArgs args) => throw new InvalidOperationException($"{args.Token} was called");

    private string Id(string type, string name, ImmutableDictionary<string, object> inputs) => type switch
    {
        "digitalocean:index/droplet:Droplet" or "digitalocean:index/sshKey:SshKey" or "digitalocean:index/dnsRecord:DnsRecord" =>
            Interlocked.Increment(ref _droplets).ToString(System.Globalization.CultureInfo.InvariantCulture),
        "digitalocean:index/tag:Tag" => (string)inputs["name"],
        _ => $"id-of-{name}",
    };

    private Dictionary<string, object> Computed(string type, string name, ImmutableDictionary<string, object> inputs) => type switch
    {
        _ when type.StartsWith("infra:components:", StringComparison.Ordinal) => [],
        "digitalocean:index/vpc:Vpc" => new() { ["ipRange"] = inputs.GetValueOrDefault("ipRange", "10.118.0.0/20") },
        "digitalocean:index/tag:Tag" or "digitalocean:index/firewall:Firewall" or "digitalocean:index/volume:Volume" => [],
        "digitalocean:index/sshKey:SshKey" => new() { ["fingerprint"] = "aa:bb" },
        "digitalocean:index/droplet:Droplet" => new()
        {
            ["ipv4Address"] = $"192.0.2.{Registered.Keys.Count(key => key.Type == type) % 250}",
            ["ipv4AddressPrivate"] = $"10.118.0.{Registered.Keys.Count(key => key.Type == type) % 250}",
        },
        "digitalocean:index/loadBalancer:LoadBalancer" =>
            new() { ["ip"] = (string)inputs["network"] == "INTERNAL" ? "10.118.0.9" : "198.51.100.9" },
        "digitalocean:index/certificate:Certificate" => new() { ["name"] = $"{name}-0a1b2c3" },
        "digitalocean:index/dnsRecord:DnsRecord" => new() { ["fqdn"] = $"{inputs["name"]}.{inputs["domain"]}" },
        "tls:index/privateKey:PrivateKey" => new()
        {
            ["privateKeyPem"] = Output.CreateSecret($"{Secret}-PEM-OF {name}\n"),
            ["privateKeyOpenssh"] = Output.CreateSecret($"{Secret}-KEY-OF {name}\n"),
            ["publicKeyOpenssh"] = $"ssh-ed25519 AAAA-{name}\n",
        },
        "tls:index/selfSignedCert:SelfSignedCert" or "tls:index/locallySignedCert:LocallySignedCert" =>
            new() { ["certPem"] = $"CERT-OF {name}\n" },
        "tls:index/certRequest:CertRequest" => new() { ["certRequestPem"] = $"REQUEST-OF {name}\n" },
        "random:index/randomPassword:RandomPassword" =>
            new() { ["result"] = Output.CreateSecret($"{Secret}0000000000000000{name.Replace('.', '0')}") },
        "command:remote:Command" => new()
        {
            // The provider marks the outputs of a command with a secret connection as secret.
            ["stdout"] = Output.CreateSecret(
                name.EndsWith("-ready", StringComparison.Ordinal) ? $"{{\"phase\":\"ready\",\"node\":\"{name}\"}}" : ""),
            ["stderr"] = Output.CreateSecret(""),
        },
        _ => throw new InvalidOperationException($"{type} is not a type of this project"),
    };
}
