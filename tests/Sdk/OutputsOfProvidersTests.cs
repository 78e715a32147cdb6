using System.Collections.Immutable;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.Utilities;
using Logging = Pulumi.Command.Remote.Logging;
using RemoteCommand = Pulumi.Command.Remote.Command;

namespace Infra.Tests.Sdk;

/// <summary>What a program reads of a resource once a provider, or a mock in its place, has answered.</summary>
[Collection(SerialRuns.Name)]
public sealed class OutputsOfProvidersTests
{
    /// <summary>The engine's placeholder for a value that is not known yet.</summary>
    private const string UnknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_state_becomes_typed_outputs(bool preview)
    {
        var state = Mocks.State(("ipv4Address", "203.0.113.7"), ("vcpus", 8), ("priceHourly", 0.76), ("ipv6", true), ("tags", Tags));
        var droplet = await DropletWith(state, preview);
        Assert.Equal("203.0.113.7", await ValueOf(droplet.Ipv4Address));
        Assert.Equal(8, await ValueOf(droplet.Vcpus));
        Assert.Equal(0.76, await ValueOf(droplet.PriceHourly));
        Assert.Equal(true, await ValueOf(droplet.Ipv6));
        Assert.Equal(Tags, await ValueOf(droplet.Tags));
    }

    [Fact]
    public async Task What_the_state_leaves_out_is_unknown_in_a_preview()
    {
        var droplet = await DropletWith(Mocks.State(("region", null!)), preview: true);
        Assert.False(await OutputUtilities.GetIsKnownAsync(droplet.Region));
        Assert.False(await OutputUtilities.GetIsKnownAsync(droplet.Ipv4Address));
        Assert.False(await OutputUtilities.GetIsKnownAsync(droplet.Vcpus));
        Assert.False(await OutputUtilities.GetIsKnownAsync(droplet.Tags));
    }

    [Fact]
    public async Task What_the_state_leaves_out_is_the_default_of_its_type_in_an_update()
    {
        var droplet = await DropletWith(Mocks.State());
        Assert.True(await OutputUtilities.GetIsKnownAsync(droplet.Ipv4Address));
        Assert.Null(await ValueOf(droplet.Ipv4Address));
        Assert.Equal(0, await ValueOf(droplet.Vcpus));
        Assert.True((await ValueOf(droplet.Tags)).IsDefault);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    public async Task Without_an_id_the_id_is_unknown(string? id, bool preview)
    {
        var droplet = await DropletWith(Mocks.State(), preview, id);
        Assert.False(await OutputUtilities.GetIsKnownAsync(droplet.Id));
        Assert.True(await OutputUtilities.GetIsKnownAsync(droplet.Urn));
    }

    [Fact]
    public async Task The_id_is_known_even_in_a_preview() =>
        Assert.Equal("42", await ValueOf((await DropletWith(Mocks.State(), preview: true, id: "42")).Id));

    [Fact]
    public async Task A_secret_in_the_state_is_a_secret_output_and_makes_no_other_one_secret()
    {
        var droplet = await DropletWith(Mocks.State(("ipv4Address", Output.CreateSecret("203.0.113.7")), ("region", "tor1")));
        Assert.True(await Output.IsSecretAsync(droplet.Ipv4Address));
        Assert.Equal("203.0.113.7", await ValueOf(droplet.Ipv4Address));
        Assert.False(await Output.IsSecretAsync(droplet.Region));
    }

    [Fact]
    public async Task An_input_that_was_secret_comes_back_plain_unless_the_provider_marks_it()
    {
        var command = await new Mocks().RunAsync(() => new RemoteCommand("c", new()
        {
            Connection = new Pulumi.Command.Remote.Inputs.ConnectionArgs { Host = "h" },
            Stdin = Output.CreateSecret("password"),
        }));
        Assert.Equal("password", await ValueOf(command.Stdin));
        Assert.False(await Output.IsSecretAsync(command.Stdin));
    }

    [Fact]
    public async Task The_unknown_value_of_the_engine_is_an_unknown_output()
    {
        var droplet = await DropletWith(Mocks.State(
            ("ipv4Address", UnknownValue), ("tags", ImmutableArray.Create<object>("a", UnknownValue)), ("region", "tor1")));
        Assert.False(await OutputUtilities.GetIsKnownAsync(droplet.Ipv4Address));
        Assert.False(await OutputUtilities.GetIsKnownAsync(droplet.Tags));
        Assert.True(await OutputUtilities.GetIsKnownAsync(droplet.Region));
    }

    [Fact]
    public async Task A_value_of_another_kind_is_the_default_of_the_type_and_no_failure()
    {
        var droplet = await DropletWith(Mocks.State(("ipv4Address", 1.0), ("vcpus", "eight"), ("tags", "a")));
        Assert.Null(await ValueOf(droplet.Ipv4Address));
        Assert.Equal(0, await ValueOf(droplet.Vcpus));
        Assert.True(await OutputUtilities.GetIsKnownAsync(droplet.Vcpus));
    }

    [Fact]
    public async Task Nested_objects_and_enums_are_typed_and_lists_that_they_leave_out_are_default()
    {
        var firewall = await Mocks.WithState(Mocks.State(("inboundRules", new List<object>
        {
            Mocks.State(("protocol", "tcp"), ("portRange", "443"), ("sourceTags", Tags)),
        }))).RunAsync(() => new Firewall("f"));
        var rule = Assert.Single(await ValueOf(firewall.InboundRules));
        Assert.Equal("tcp", rule.Protocol);
        Assert.Equal("443", rule.PortRange);
        Assert.Equal(Tags, rule.SourceTags);
        Assert.True(rule.SourceAddresses.IsDefault);

        var command = await Mocks.WithState(Mocks.State(("logging", "none"), ("connection", Mocks.State(("host", "h"), ("port", 22)))))
            .RunAsync(() => new RemoteCommand("c", new() { Connection = new Pulumi.Command.Remote.Inputs.ConnectionArgs { Host = "h" } }));
        Assert.Equal(Logging.None, await ValueOf(command.Logging));
        Assert.Equal(22.0, (await ValueOf(command.Connection)).Port);
    }

    [Fact]
    public async Task A_state_may_be_given_as_arguments()
    {
        var mocks = Mocks.WithState(new VpcArgs { Region = "tor1", IpRange = "10.1.0.0/16" });
        var vpc = await mocks.RunAsync(() => new Vpc("v", new() { Region = "x" }));
        Assert.Equal("tor1", await ValueOf(vpc.Region));
        Assert.Equal("10.1.0.0/16", await ValueOf(vpc.IpRange));
    }

    [Fact]
    public async Task A_state_of_an_unsupported_class_fails()
    {
        var exception = await Assert.ThrowsAsync<RunException>(
            () => Mocks.WithState(new { region = "tor1" }).RunAsync(() => _ = new Vpc("v", new() { Region = "x" })));
        Assert.Contains("is not a supported argument type", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_urn_names_stack_project_type_and_resource()
    {
        var mocks = new Mocks();
        var urn = "";
        await Deployment.TestAsync(
            mocks,
            new() { StackName = "prod", ProjectName = "inference" },
            async () => urn = await OutputUtilities.GetValueAsync(new Pulumi.DigitalOcean.Tag("t").Urn));
        Assert.Equal("urn:pulumi:prod::inference::pulumi:pulumi:Stack$digitalocean:index/tag:Tag::t", urn);
    }

    [Fact]
    public async Task Every_output_depends_on_its_resource()
    {
        var droplet = await DropletWith(Mocks.State(("region", "tor1")));
        Assert.Equal([droplet], await OutputUtilities.GetDependenciesAsync(droplet.Id));
        Assert.Equal([droplet], await OutputUtilities.GetDependenciesAsync(droplet.Region));
        Assert.Equal([droplet], await OutputUtilities.GetDependenciesAsync(droplet.Ipv4Address));
    }

    [Fact]
    public async Task A_resource_knows_its_type_and_name()
    {
        var droplet = await DropletWith(Mocks.State());
        Assert.Equal("digitalocean:index/droplet:Droplet", droplet.GetResourceType());
        Assert.Equal("d", droplet.GetResourceName());
    }

    private static ImmutableArray<string> Tags => ["a", "b"];

    private static Task<Droplet> DropletWith(ImmutableDictionary<string, object> state, bool preview = false, string? id = "an-id") =>
        Mocks.WithState(state, id).RunAsync(() => new Droplet("d", new() { Image = "i", Size = "s" }), preview);

    private static Task<T> ValueOf<T>(Output<T> output) => OutputUtilities.GetValueAsync(output);
}
