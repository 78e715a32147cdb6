using System.Collections.Immutable;
using Pulumi;
using Pulumi.Command.Remote.Inputs;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;
using Pulumi.Random;
using Pulumi.Tls;
using Pulumi.Tls.Inputs;
using Pulumi.Utilities;
using Logging = Pulumi.Command.Remote.Logging;
using RemoteCommand = Pulumi.Command.Remote.Command;

namespace Infra.Tests.Sdk;

/// <summary>What a provider or a mock receives of a resource.</summary>
[Collection(SerialRuns.Name)]
public sealed class InputsOfProvidersTests
{
    [Fact]
    public async Task Type_and_name_and_inputs_arrive_under_the_names_of_the_provider()
    {
        var mocks = new Mocks();
        await mocks.RunAsync(() => _ = new Vpc("net", new() { Region = "tor1", IpRange = "10.0.0.0/20" }));
        var vpc = Assert.Single(mocks.Registered);
        Assert.Equal("digitalocean:index/vpc:Vpc", vpc.Type);
        Assert.Equal("net", vpc.Name);
        Assert.Equal("", vpc.Id);
        Assert.Equal("", vpc.Provider);
        Assert.Equal(Mocks.State(("region", "tor1"), ("ipRange", "10.0.0.0/20")), vpc.Inputs);
    }

    [Fact]
    public async Task Numbers_arrive_as_double_and_flags_as_bool()
    {
        var inputs = await InputsOf(() => _ = new Volume("v", new() { Region = Region.TOR1, Size = 100 }));
        Assert.Equal(100.0, inputs["size"]);
        inputs = await InputsOf(() => _ = new RandomPassword("p", new() { Length = 32, Special = false }));
        Assert.Equal(32.0, inputs["length"]);
        Assert.Equal(false, inputs["special"]);
    }

    [Fact]
    public async Task Enums_arrive_as_their_string()
    {
        var inputs = await InputsOf(() => _ = new Droplet("d", new() { Image = "i", Size = "s", Region = Region.NYC2 }));
        Assert.Equal("nyc2", inputs["region"]);
        inputs = await InputsOf(() => _ = new RemoteCommand("c", new() { Connection = Host, Logging = Logging.None }));
        Assert.Equal("none", inputs["logging"]);
    }

    [Fact]
    public async Task What_was_not_given_does_not_arrive()
    {
        var inputs = await InputsOf(() => _ = new Droplet("d", new() { Image = "i", Size = "s", Region = (string?)null! }));
        Assert.Equal(["image", "size"], inputs.Keys.Order());
    }

    [Fact]
    public async Task A_list_that_was_read_arrives_even_if_it_is_empty()
    {
        var inputs = await InputsOf(() => _ = new Droplet("d", new() { Image = "i", Size = "s", Tags = [] }));
        Assert.Equal(ImmutableArray<object>.Empty, inputs["tags"]);
    }

    [Fact]
    public async Task Lists_and_objects_arrive_as_immutable_collections_of_plain_values()
    {
        var inputs = await InputsOf(() => _ = new Firewall("f", new()
        {
            InboundRules =
            {
                new FirewallInboundRuleArgs
                {
                    Protocol = "tcp",
                    PortRange = "22",
                    SourceAddresses = { "10.0.0.0/8" },
                    SourceDropletIds = { 7 },
                },
            },
        }));
        var rule = Mocks.OnlyObject(inputs["inboundRules"]);
        Assert.Equal("22", rule["portRange"]);
        Assert.Equal(["10.0.0.0/8"], Assert.IsType<ImmutableArray<object>>(rule["sourceAddresses"]));
        Assert.Equal([7.0], Assert.IsType<ImmutableArray<object>>(rule["sourceDropletIds"]));
        Assert.Equal(["portRange", "protocol", "sourceAddresses", "sourceDropletIds"], rule.Keys.Order());
    }

    [Fact]
    public async Task Secrets_arrive_unwrapped()
    {
        var inputs = await InputsOf(() => _ = new RemoteCommand("c", new()
        {
            Connection = new ConnectionArgs { Host = "h", PrivateKey = "key" },
            Stdin = Output.CreateSecret("password"),
            Environment = { ["A"] = Output.CreateSecret("a") },
        }));
        Assert.Equal("password", inputs["stdin"]);
        Assert.Equal(Mocks.State(("A", "a")), inputs["environment"]);
        Assert.Equal("key", Assert.IsType<ImmutableDictionary<string, object>>(inputs["connection"])["privateKey"]);
    }

    [Fact]
    public async Task What_a_provider_takes_for_a_secret_is_one_whatever_it_was_given_as()
    {
        var connection = new ConnectionArgs { Host = "h", PrivateKey = "key" };
        Assert.True(await Output.IsSecretAsync(connection.PrivateKey.ToOutput()));
        Assert.True(await Output.IsSecretAsync(new Pulumi.Command.Remote.CommandArgs { Connection = connection }.Connection.ToOutput()));
        Assert.True(await Output.IsSecretAsync(new CertRequestArgs { PrivateKeyPem = "pem" }.PrivateKeyPem.ToOutput()));
        Assert.False(await Output.IsSecretAsync(connection.Host.ToOutput()));
    }

    [Fact]
    public async Task A_connection_comes_with_the_defaults_of_the_provider()
    {
        var inputs = await InputsOf(() => _ = new RemoteCommand("c", new() { Connection = Host }));
        var expected = Mocks.State(("host", "h"), ("port", 22.0), ("user", "root"), ("dialErrorLimit", 10.0), ("perDialTimeout", 15.0));
        Assert.Equal(expected, inputs["connection"]);
    }

    [Fact]
    public async Task A_property_that_is_unknown_in_any_part_does_not_arrive()
    {
        var inputs = await InputsOf(
            () => _ = new RemoteCommand("c", new()
            {
                Connection = Host,
                Create = OutputUtilities.CreateUnknown("create"),
                Update = "update",
                Environment = { ["KNOWN"] = "1", ["UNKNOWN"] = OutputUtilities.CreateUnknown("2") },
                Triggers = new Input<object>[] { "known", OutputUtilities.CreateUnknown<object>("unknown") },
            }),
            preview: true);
        Assert.Equal(["connection", "update"], inputs.Keys.Order());
    }

    [Fact]
    public async Task Triggers_take_values_of_any_kind_and_outputs_of_a_list()
    {
        var inputs = await InputsOf(() => _ = new RemoteCommand("c", new()
        {
            Connection = Host,
            Triggers = new object[] { "text", 3, true },
        }));
        Assert.Equal(["text", 3.0, true], Assert.IsType<ImmutableArray<object>>(inputs["triggers"]));

        inputs = await InputsOf(() => _ = new RemoteCommand("c", new()
        {
            Connection = Host,
            Triggers = Output.All(Output.Create<object>("a"), Output.Create<object>(1)),
        }));
        Assert.Equal(["a", 1.0], Assert.IsType<ImmutableArray<object>>(inputs["triggers"]));
    }

    [Fact]
    public async Task Nested_arguments_of_a_certificate_arrive_as_an_object()
    {
        var inputs = await InputsOf(() => _ = new SelfSignedCert("ca", new()
        {
            PrivateKeyPem = "pem",
            AllowedUses = { "cert_signing" },
            ValidityPeriodHours = 24,
            IsCaCertificate = true,
            Subject = new SelfSignedCertSubjectArgs { CommonName = "ca" },
        }));
        Assert.Equal(Mocks.State(("commonName", "ca")), inputs["subject"]);
        Assert.Equal("pem", inputs["privateKeyPem"]);
    }

    [Fact]
    public async Task An_explicit_provider_arrives_as_its_urn_and_id()
    {
        var mocks = new Mocks();
        await mocks.RunAsync(() =>
        {
            var provider = new ProviderResource("digitalocean", "mine", ResourceArgs.Empty, null);
            _ = new Pulumi.DigitalOcean.Tag("t", new(), new() { Provider = provider });
        });
        Assert.Equal("pulumi:providers:digitalocean", mocks.Only("mine").Type);
        Assert.Equal(
            "urn:pulumi:stack::project::pulumi:pulumi:Stack$pulumi:providers:digitalocean::mine::mine-id",
            mocks.Only("t").Provider);
    }

    [Fact]
    public async Task The_id_of_an_imported_resource_arrives()
    {
        var mocks = new Mocks();
        await mocks.RunAsync(() => _ = new Pulumi.DigitalOcean.Tag("t", new(), new() { ImportId = "existing" }));
        Assert.Equal("existing", mocks.Only("t").Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_required_input_without_a_value_fails_and_is_named(bool preview)
    {
        var exception = await Assert.ThrowsAsync<RunException>(
            () => new Mocks().RunAsync(() => _ = new Droplet("d", new() { Image = "i" }), preview));
        Assert.Contains(
            "[Input] Pulumi.DigitalOcean.DropletArgs.Size is required but was not given a value",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_no_provider_could_take_fails()
    {
        var exception = await Assert.ThrowsAsync<RunException>(() => new Mocks().RunAsync(() =>
            _ = new RemoteCommand("c", new() { Connection = Host, Triggers = new object[] { new Version(1, 0) } })));
        Assert.Contains("error serializing property \"triggers\": System.Version is not a supported argument type", exception.Message,
            StringComparison.Ordinal);
    }

    private static ConnectionArgs Host => new() { Host = "h" };

    private static async Task<ImmutableDictionary<string, object>> InputsOf(Action declare, bool preview = false)
    {
        var mocks = new Mocks();
        await mocks.RunAsync(declare, preview);
        return Assert.Single(mocks.Registered).Inputs;
    }
}
