using System.Text.RegularExpressions;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;

namespace Infra.Tests.Unit.Lab.Provider;

[Collection(Deployments.SerialDeployments.Name)]
public sealed class RefusalTests : IDisposable
{
    private const string Size = "gpu-4000adax1-20gb";
    private const string Image = "gpu-h100x1-base";
    private const string Tags =
        "tags may contain lowercase letters, numbers, colons, dashes, and underscores; there is a limit of 255 characters per tag";

    private readonly Account _account = new() { GpuLimit = 2, Options = new() { Zones = ["example.com"] } };

    public void Dispose() => _account.Dispose();

    /// <summary>Something that is refused: a sentence, the program, and the words.</summary>
    public static TheoryData<string, Action<CustomResourceOptions>, string> Refused => new()
    {
        { "size", In(vpc => Make(vpc, size: "gpu-none")), Droplet("You specified an invalid size for Droplet creation.") },
        { "image", In(vpc => Make(vpc, image: "ubuntu-18-04-x64")), Droplet("You specified an invalid image for Droplet creation.") },
        { "region", In(vpc => Make(vpc, region: "mars1")), Droplet("You specified an invalid region for Droplet creation.") },
        { "size in the region", In(vpc => Make(vpc, size: "gpu-mi300x1-192gb", region: "tor1")),
            Droplet("Size is not available in this region.") },
        { "host name", In(vpc => Make(vpc, name: "a_b")), Droplet("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)") },
        { "user data", In(vpc => Make(vpc, userData: new string('x', 65537))),
            Droplet("User data is too large: it may be no more than 64 KiB.") },
        { "SSH key", In(vpc => Make(vpc, key: "12345")), Droplet("12345 are invalid key identifiers for Droplet creation.") },
        { "tag", In(vpc => Make(vpc, tag: "a b")), Check("droplet:Droplet", "d", "tags", Tags) },
        { "GPU limit", In(vpc => Enumerable.Range(0, 3).ToList().ForEach(index => Make(vpc, name: $"d{index}"))),
            Droplet("creating this/these droplet(s) will exceed your GPU limit") },
        { "VPC that is too large", options => Vpc(options, "10.0.0.0/8"), Api("Error creating VPC: POST", "vpcs: 422",
            "ip_range must be a private range of RFC 1918, not larger than /16 and not smaller than /28") },
        { "public VPC", options => Vpc(options, "8.8.8.0/24"), Api("Error creating VPC: POST", "vpcs: 422",
            "ip_range must be a private range of RFC 1918, not larger than /16 and not smaller than /28") },
        { "reserved VPC", options => Vpc(options, "10.244.0.0/20"),
            Api("Error creating VPC: POST", "vpcs: 422", "This range/size overlaps with a range that is reserved by DigitalOcean") },
        { "VPC that is reserved in its region", options => Vpc(options, "10.20.0.0/20"),
            Api("Error creating VPC: POST", "vpcs: 422", "This range/size overlaps with a range that is reserved by DigitalOcean") },
        { "no range", options =>
            Vpc(options, "10.0.0.0"), Check("vpc:Vpc", "v-10.0.0.0", "ipRange",
                "expected \"ip_range\" to be a valid CIDR Value, got 10.0.0.0: invalid CIDR address: 10.0.0.0") },
        { "overlapping VPCs", Twice(options => Vpc(options, "10.100.0.0/20", "one"), options => Vpc(options, "10.100.8.0/24", "two")),
            Api("Error creating VPC: POST", "vpcs: 422", "This range/size overlaps with another VPC network in your account") },
        { "name of a VPC", Twice(options => Vpc(options, "10.100.0.0/20", "one"), options => Vpc(options, "10.101.0.0/24", "one")),
            Api("Error creating VPC: POST", "vpcs: 409", "a VPC with this name already exists") },
        { "firewall without a rule", options =>
            _ = new Firewall("f", new() { Name = "web" }, options), "At least one rule must be specified" },
        { "ports", options => Rule(options, "70000"),
            Api("Error creating firewall: POST", "firewalls: 422", "invalid port range") },
        { "no ports", options => Rule(options, null), "`port_range` of inbound rules is required if protocol is `tcp` or `udp`" },
        { "address", options =>
            Rule(options, "22", "10.0.0.300"), Api("Error creating firewall: POST", "firewalls: 422", "invalid address: 10.0.0.300") },
        { "tag that is not there",
            options => _ = new Firewall("f", new() { Name = "web", Tags = "nobody", InboundRules = Ssh("22") }, options),
            Api("Error creating firewall: POST", "firewalls: 422", "tag nobody does not exist") },
        { "name of a firewall", Twice(options => Rule(options, "22", name: "one"), options => Rule(options, "22", name: "two")),
            Api("Error creating firewall: POST", "firewalls: 409", "duplicate name") },
        { "size of a Volume", options => Volume(options, "v", 0),
            Check("volume:Volume", "v", "size", "expected size to be at least (1), got 0") },
        { "name of a Volume", options => Volume(options, "V_1", 1), Api("Error creating Volume: POST", "volumes: 422",
            "name must start with a lower-case letter and hold lower-case letters, digits and hyphens alone, 64 at most") },
        { "the same Volume", Twice(options => Volume(options, "v", 1, "one"), options => Volume(options, "v", 1, "two")),
            Api("Error creating Volume: POST", "volumes: 409", "already exists") },
        { "SSH key that is none", options => _ = new SshKey("k", new() { Name = "k", PublicKey = "hello" }, options),
            Api("Error creating SSH Key: POST", "account/keys: 422", "Key invalid, key should be of the format `type key [comment]`") },
        { "tag name", options => _ = new Tag("t", new() { Name = "a.b" }, options), Check("tag:Tag", "t", "name", Tags) },
        { "idle timeout", In(vpc => Balance(vpc, idle: 601)),
            Api("Error creating Load Balancer: POST", "load_balancers: 422", "http_idle_timeout_seconds must be between 30 and 600") },
        { "check interval", In(vpc => Balance(vpc, interval: 2)), Check("loadBalancer:LoadBalancer", "b",
            "healthcheck.checkIntervalSeconds", "expected healthcheck.0.check_interval_seconds to be in the range (3 - 300), got 2") },
        { "check threshold", In(vpc => Balance(vpc, threshold: 11)), Check("loadBalancer:LoadBalancer", "b",
            "healthcheck.healthyThreshold", "expected healthcheck.0.healthy_threshold to be in the range (2 - 10), got 11") },
        { "check without a path", In(vpc => Balance(vpc, path: null)), "health check `path` is required for when protocol is `https`" },
        { "TTL", options =>
            _ = new DnsRecord("r", new() { Domain = "example.com", Type = "A", Name = "a", Value = "192.0.2.1", Ttl = 10 }, options),
            Api("Failed to create record: POST", "domains/example.com/records: 422", "TTL must be greater than or equal to 30.") },
        { "domain that is not in the account", options =>
            _ = new Certificate("c", new() { Name = "c", Type = "lets_encrypt", Domains = "llm.example.org" }, options),
            Api("Error creating Certificate: POST", "certificates: 422", "one or more of the domains are not managed by DigitalOcean") },
        { "certificate that is not there", In(vpc => Balance(vpc, certificate: "none")), "certificate not found" },
        { "certificate without a domain", options =>
            _ = new Certificate("c", new() { Type = "lets_encrypt" }, options), "`domains` is required for when type is `lets_encrypt`" },
        { "schema", options => _ = new Bare("digitalocean:index/tag:Tag", "t", options),
            "digitalocean:index/tag:Tag resource 't' has a problem: colour is not a property" },
        { "unknown type", options => _ = new Bare("digitalocean:index/spacesBucket:SpacesBucket", "b", options),
            "the local cloud has no resources of type digitalocean:index/spacesBucket:SpacesBucket" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_the_provider_or_the_API_would_refuse_is_refused_in_its_words_before_anything_is_made(
        string what, Action<CustomResourceOptions> program, string words)
    {
        var run = await _account.UpAsync(root => program(new() { Parent = new ComponentResource("infra:components:Test", "test", root) }));
        Assert.Equal(words, Regex.Replace(run.Refusal, "\\(request \"[0-9a-f-]{36}\"\\)", "(request)"));
        Assert.True(_account.Runtime.Servers.Count <= 2, what);
        Assert.Empty(_account.Runtime.Balancers);
    }

    [Fact]
    public async Task A_replacement_that_is_refused_deletes_nothing()
    {
        (await _account.UpAsync(Program(Size, "all"))).Succeeded();

        var run = await _account.UpAsync(Program("gpu-l40sx1-48gb", "a b"));

        Assert.Equal(Check("droplet:Droplet", "d", "tags", Tags), run.Refusal);
        Assert.Equal(Size, Assert.Single(run.Resources, resource => resource.Type == Types.Droplet).Inputs["size"]);
        Assert.Single(_account.Runtime.Servers);

        static Action<ComponentResourceOptions> Program(string size, string tag) => root =>
            In(vpc => Make(vpc, size: size, tag: tag))(new() { Parent = new ComponentResource("infra:components:Test", "test", root) });
    }

    [Fact]
    public async Task A_function_that_is_not_known_is_an_error_and_sizes_come_from_the_catalog()
    {
        GetSizesResult? sizes = null;
        (await _account.UpAsync(_ =>
            GetSizes.Invoke(new() { Filters = { new GetSizesFilterInputArgs { Key = "regions", Values = { "tor1" } } } })
            .Apply(found => sizes = found))).Succeeded();
        Assert.Contains(sizes!.Sizes, size => size.Slug == Size && size.Regions.Contains("tor1") && size.PriceHourly > 0);
        Assert.Throws<ProviderException>(() => ProviderFunctions.Call(Account.Plan("local").Catalog,
            "digitalocean:index/getAccount:getAccount", System.Collections.Immutable.ImmutableDictionary<string, object>.Empty));
    }

    private static string Check(string type, string name, string place, string words) =>
        $"digitalocean:index/{type} resource '{name}' has a problem: {words}. Examine values at '{name}.{place}'.";

    private static string Droplet(string words) => Api("Error creating droplet: POST", "droplets: 422", words);

    private static string Api(string what, string path, string words) => $"{what} https://api.digitalocean.com/v2/{path} (request) {words}";

    /// <summary>Inside a VPC of tor1, behind a firewall.</summary>
    private static Action<CustomResourceOptions> In(Action<Network> program) => options =>
    {
        var tag = new Tag("all", new() { Name = "all" }, options);
        var guard = new Firewall("all", new() { Name = "all", Tags = tag.Name, InboundRules = Ssh("22") }, options);
        program(new(new Vpc("all", new() { Name = "all", Region = "tor1" }, options).Id, guard, options));
    };

    private sealed record Network(Output<string> Vpc, Firewall Guard, CustomResourceOptions Options);

    private static Action<CustomResourceOptions> Twice(Func<CustomResourceOptions, CustomResource> first,
        Func<CustomResourceOptions, CustomResource> second) => options =>
    {
        var before = first(options);
        _ = second(new() { Parent = options.Parent, DependsOn = before });
    };

    private static void Make(
        Network network, string name = "d", string size = Size, string image = Image, string region = "tor1",
        string userData = "#cloud-config", string? key = null, string tag = "all") =>
        _ = new Droplet(name, new()
        {
            Name = name,
            Size = size,
            Image = image,
            Region = region,
            UserData = userData,
            Tags = tag,
            VpcUuid = network.Vpc,
            SshKeys = key is null ? new InputList<string>() : key,
        }, new() { Parent = network.Options.Parent, DependsOn = network.Guard });

    private static Vpc Vpc(CustomResourceOptions options, string range, string name = "v") =>
        new($"{name}-{range}", new() { Name = name, Region = "tor1", IpRange = range }, options);

    private static Volume Volume(CustomResourceOptions options, string cloudName, int size, string name = "v") =>
        new(name, new() { Name = cloudName, Region = "tor1", Size = size }, options);

    private static Firewall Rule(CustomResourceOptions options, string? ports, string from = "203.0.113.0/24", string name = "f") =>
        new(name, new() { Name = "web", InboundRules = Ssh(ports, from) }, options);

    private static FirewallInboundRuleArgs Ssh(string? ports, string from = "203.0.113.0/24") =>
        new() { Protocol = "tcp", PortRange = ports is null ? null : (Input<string>)ports, SourceAddresses = from };

    private static void Balance(Network network, int idle = 60, int interval = 10, int threshold = 5, string? path = "/ready",
        string? certificate = null) =>
        _ = new LoadBalancer("b", new()
        {
            Name = "b",
            Region = "tor1",
            Network = "INTERNAL",
            VpcUuid = network.Vpc,
            DropletTag = "all",
            HttpIdleTimeoutSeconds = idle,
            ForwardingRules = new LoadBalancerForwardingRuleArgs
            {
                EntryPort = 443,
                EntryProtocol = "https",
                TargetPort = 443,
                TargetProtocol = "https",
                TlsPassthrough = certificate is null,
                CertificateName = certificate is null ? null : (Input<string>)certificate,
            },
            Healthcheck = new LoadBalancerHealthcheckArgs
            {
                Protocol = "https",
                Port = 443,
                Path = path is null ? null : (Input<string>)path,
                CheckIntervalSeconds = interval,
                HealthyThreshold = threshold,
            },
        }, new() { Parent = network.Options.Parent });

    private sealed class Bare(string type, string name, CustomResourceOptions options)
        : CustomResource(type, name, new BareArgs(), options);

    private sealed class BareArgs : Pulumi.ResourceArgs
    {
        [Input("colour")]
        public Input<string> Colour { get; set; } = "blue";
    }
}
