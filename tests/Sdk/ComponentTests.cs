using System.Collections.Immutable;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.Utilities;

namespace Infra.Tests.Sdk;

/// <summary>Components, their options and what a transformation sees.</summary>
[Collection(SerialRuns.Name)]
public sealed class ComponentTests
{
    [Fact]
    public async Task A_component_is_registered_with_its_arguments()
    {
        var mocks = new Mocks();
        await mocks.RunAsync(() => _ = new Pair("pair", new() { Region = "tor1" }));
        Assert.Equal("infra:tests:Pair", mocks.Only("pair").Type);
        Assert.Equal(Mocks.State(("region", "tor1")), mocks.Only("pair").Inputs);
    }

    [Fact]
    public async Task A_component_registers_the_outputs_that_it_marks_and_the_stack_ends_with_none()
    {
        var mocks = new Mocks();
        await mocks.RunAsync(() => _ = new Pair("pair", new() { Region = "tor1" }));
        Assert.Equal(
            ["Stack$infra:tests:Pair::pair", "Stack::project-stack"],
            mocks.Completed.Select(request => request.Urn.Split("pulumi:pulumi:")[1]));
        Assert.Equal("pair-a-id", await OutputUtilities.GetValueAsync(mocks.Completed[0].Outputs["firstId"]));
        Assert.Single(mocks.Completed[0].Outputs);
        Assert.Empty(mocks.Completed[1].Outputs);
    }

    [Fact]
    public async Task The_outputs_of_a_component_are_those_that_it_set_itself()
    {
        var pair = await new Mocks().RunAsync(() => new Pair("pair", new() { Region = "tor1" }));
        Assert.Equal("pair-a-id", await OutputUtilities.GetValueAsync(pair.FirstId));
    }

    [Fact]
    public async Task A_transformation_sees_exactly_the_component_and_what_is_inside()
    {
        var seen = new List<string>();
        await new Mocks().RunAsync(() =>
        {
            _ = new Pair("pair", new() { Region = "tor1" }, new()
            {
                ResourceTransformations =
                {
                    args =>
                    {
                        seen.Add($"{args.Options.Parent?.GetResourceName()}/{args.Resource.GetResourceName()}");
                        return null;
                    },
                },
            });
            _ = new Tag("outside");
        });
        Assert.Equal(["/pair", "pair/pair-a", "pair/pair-b"], seen);
    }

    [Fact]
    public async Task A_transformation_may_change_arguments_and_options()
    {
        var mocks = new Mocks();
        await mocks.RunAsync(() => _ = new Tag("t", new() { Name = "before" }, new()
        {
            ResourceTransformations =
            {
                args => new ResourceTransformationResult(
                    new TagArgs { Name = "after" },
                    CustomResourceOptions.Merge((CustomResourceOptions)args.Options, new() { ImportId = "i" })),
            },
        }));
        Assert.Equal("after", mocks.Only("t").Inputs["name"]);
        Assert.Equal("i", mocks.Only("t").Id);
    }

    [Fact]
    public async Task A_transformation_must_not_change_the_parent()
    {
        var exception = await Assert.ThrowsAsync<RunException>(() => new Mocks().RunAsync(() =>
        {
            var other = new Tag("other");
            _ = new Tag("t", new(), new()
            {
                ResourceTransformations =
                    { args => new ResourceTransformationResult(args.Args, new CustomResourceOptions { Parent = other }) },
            });
        }));
        Assert.Contains("Transformations cannot currently be used to change the 'parent'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transformation_sees_the_options_that_only_an_engine_acts_on()
    {
        CustomResourceOptions? seen = null;
        await new Mocks().RunAsync(() => _ = new Droplet("d", new() { Image = "i", Size = "s" }, new()
        {
            DeleteBeforeReplace = true,
            IgnoreChanges = { "userData" },
            ReplaceOnChanges = { "image" },
            ReplacementTrigger = "revision",
            Protect = true,
            RetainOnDelete = false,
            CustomTimeouts = new() { Create = TimeSpan.FromMinutes(30) },
            AdditionalSecretOutputs = { "ipv4Address" },
            Aliases = { new Alias { Name = "before" } },
            ResourceTransformations =
            {
                args =>
                {
                    seen = (CustomResourceOptions)args.Options;
                    return null;
                },
            },
        }));
        Assert.NotNull(seen);
        Assert.True(seen.DeleteBeforeReplace);
        Assert.Equal(["userData"], seen.IgnoreChanges);
        Assert.Equal(["image"], seen.ReplaceOnChanges);
        Assert.NotNull(seen.ReplacementTrigger);
        Assert.True(seen.Protect);
        Assert.False(seen.RetainOnDelete);
        Assert.Equal(TimeSpan.FromMinutes(30), seen.CustomTimeouts?.Create);
        Assert.Equal(["ipv4Address"], seen.AdditionalSecretOutputs);
        Assert.Single(seen.Aliases);
    }

    [Fact]
    public async Task Outputs_that_a_provider_takes_for_secrets_are_among_the_options()
    {
        IEnumerable<string> secrets = [];
        await new Mocks().RunAsync(() => _ = new Pulumi.Tls.PrivateKey("k", new() { Algorithm = "ED25519" }, new()
        {
            ResourceTransformations =
            {
                args =>
                {
                    secrets = ((CustomResourceOptions)args.Options).AdditionalSecretOutputs;
                    return null;
                },
            },
        }));
        Assert.Equal(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"], secrets.Order());
    }

    [Fact]
    public async Task Of_merged_options_single_values_come_from_the_second_and_lists_are_appended()
    {
        var first = new ComponentResourceOptions { Version = "1", Protect = true, IgnoreChanges = { "a" } };
        var second = new ComponentResourceOptions { Version = "2", IgnoreChanges = { "b" }, Aliases = { new Alias { Name = "n" } } };
        var merged = ComponentResourceOptions.Merge(first, second);
        Assert.Equal("2", merged.Version);
        Assert.True(merged.Protect);
        Assert.Equal(["a", "b"], merged.IgnoreChanges);
        Assert.Single(merged.Aliases);
        Assert.Equal(["a"], first.IgnoreChanges);
        Assert.Equal("1", ComponentResourceOptions.Merge(first, null).Version);

        var dependency = await new Mocks().RunAsync(() => new Tag("t"));
        var dependent = ComponentResourceOptions.Merge(new() { DependsOn = dependency }, new() { DependsOn = dependency });
        Assert.Equal([dependency, dependency], await OutputUtilities.GetValueAsync(dependent.DependsOn.ToOutput()));
    }

    [Fact]
    public async Task The_resources_inside_a_component_get_its_provider()
    {
        var mocks = new Mocks();
        await mocks.RunAsync(() =>
        {
            var provider = new ProviderResource("digitalocean", "mine", ResourceArgs.Empty, null);
            var pair = new Pair("pair", new() { Region = "tor1" }, new() { Provider = provider });
            _ = new Pair("inner", new() { Region = "tor1" }, new() { Parent = pair });
            _ = new Pair("pairs", new() { Region = "tor1" }, new() { Providers = { provider } });
            _ = new Pair("none", new() { Region = "tor1" });
        });
        Assert.EndsWith("::mine::mine-id", mocks.Only("pair-a").Provider, StringComparison.Ordinal);
        Assert.EndsWith("::mine::mine-id", mocks.Only("pairs-b").Provider, StringComparison.Ordinal);
        Assert.EndsWith("::mine::mine-id", mocks.Only("inner-a").Provider, StringComparison.Ordinal);
        Assert.Equal("", mocks.Only("none-a").Provider);
        Assert.Equal("", mocks.Only("pair").Provider);
    }

    [Fact]
    public async Task A_replacement_trigger_must_be_a_value_that_an_engine_could_compare()
    {
        await RunAsync("revision");
        await RunAsync(Output.All(Output.Create("image"), Output.Create("size")).Apply(parts => (object)parts));
        var exception = await Assert.ThrowsAsync<RunException>(() => RunAsync(Output.Create<object>(new Version(1, 0))));
        Assert.Contains("System.Version is not a supported argument type", exception.Message, StringComparison.Ordinal);

        static Task RunAsync(Input<object> trigger) =>
            new Mocks().RunAsync(() => _ = new Tag("t", new(), new() { ReplacementTrigger = trigger }));
    }

    private sealed class PairArgs : ResourceArgs
    {
        [Input("region", required: true)]
        public required Input<string> Region { get; init; }

        public ImmutableArray<string> Unmarked { get; init; } = ["stays here"];
    }

    private sealed class Pair : ComponentResource
    {
        public Pair(string name, PairArgs args, ComponentResourceOptions? options = null)
            : base("infra:tests:Pair", name, args, options)
        {
            FirstId = new Tag($"{name}-a", new() { Name = args.Region }, new() { Parent = this }).Id;
            _ = new Tag($"{name}-b", new(), new() { Parent = this });
            RegisterOutputs();
        }

        [Output("firstId")]
        public Output<string> FirstId { get; private init; }
    }
}
