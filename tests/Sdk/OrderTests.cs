using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.Utilities;

namespace Infra.Tests.Sdk;

/// <summary>What is registered after what.</summary>
[Collection(SerialRuns.Name)]
public sealed class OrderTests
{
    [Fact]
    public async Task A_resource_waits_for_those_with_outputs_among_its_inputs()
    {
        var gate = new Gate("first");
        await gate.RunAsync(() =>
        {
            var first = new Tag("first");
            _ = new Tag("second", new() { Name = Output.Format($"{first.Id}-2") });
            _ = new Tag("other");
        });
        Assert.Equal(["first", "other", "second"], gate.Order);
    }

    [Fact]
    public async Task A_resource_waits_for_those_that_it_depends_on_by_option()
    {
        var gate = new Gate("first");
        await gate.RunAsync(() =>
        {
            var first = new Tag("first");
            _ = new Tag("second", new(), new() { DependsOn = first });
            _ = new Tag("other");
        });
        Assert.Equal(["first", "other", "second"], gate.Order);
    }

    [Fact]
    public async Task To_depend_on_a_component_is_to_depend_on_all_resources_inside()
    {
        var gate = new Gate("tag");
        await gate.RunAsync(() =>
        {
            var outer = new Group(
                "outer", group => _ = new Group("inner", inner => _ = new Tag("tag", new(), new() { Parent = inner }), group));
            _ = new Tag("second", new(), new() { DependsOn = { outer } });
            _ = new Tag("other");
        });
        Assert.Equal(["outer", "inner", "tag", "other", "second"], gate.Order);
    }

    [Fact]
    public async Task A_dependency_may_be_added_to_an_output()
    {
        var gate = new Gate("first");
        await gate.RunAsync(() =>
        {
            var first = new Tag("first");
            _ = new Tag("second", new() { Name = OutputUtilities.WithDependency(Output.Create("a"), first) });
            _ = new Tag("other");
        });
        Assert.Equal(["first", "other", "second"], gate.Order);
    }

    [Fact]
    public async Task The_deployment_waits_for_everything_that_was_started()
    {
        var gate = new Gate("slow");
        var length = 0;
        await gate.RunAsync(() =>
        {
            _ = new Tag("slow").Id.Apply(async id =>
            {
                await Task.Yield();
                length = id.Length;
            });
            _ = new Tag("other");
        });
        Assert.Equal("slow-id".Length, length);
    }

    [Fact]
    public async Task Resources_come_back_in_the_order_of_their_registration()
    {
        var (resources, _) = await Deployment.TestAsync(new Mocks(), new(), () =>
        {
            var group = new Group("group", parent => _ = new Tag("child", new(), new() { Parent = parent }));
            _ = new Tag("last");
            return new Dictionary<string, object?> { ["urn"] = group.Urn };
        });
        Assert.Equal(["group", "child", "last"], resources.Select(resource => resource.GetResourceName()));
    }

    /// <summary>Delays the answer for one resource until "other" has been requested, and records the order of the answers.</summary>
    private sealed class Gate
    {
        private readonly Mocks _mocks;
        private readonly TaskCompletionSource _otherHasCome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Gate(string held)
        {
            _mocks = new()
            {
                Answer = async args =>
                {
                    if (args.Name == "other")
                    {
                        _otherHasCome.SetResult();
                    }

                    if (args.Name == held)
                    {
                        await _otherHasCome.Task;
                    }

                    return ($"{args.Name}-id", args.Inputs);
                },
            };
        }

        public IEnumerable<string?> Order => _mocks.Registered.Select(args => args.Name);

        public Task RunAsync(Action program) => _mocks.RunAsync(program);
    }

    private sealed class Group : ComponentResource
    {
        public Group(string name, Action<Group> fill, Group? parent = null)
            : base("infra:tests:Group", name, new ComponentResourceOptions { Parent = parent })
        {
            fill(this);
            RegisterOutputs();
        }
    }
}
