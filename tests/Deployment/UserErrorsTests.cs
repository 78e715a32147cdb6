using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Infra.Planning.Plan;
using Infra.Stacks;
using Infra.Tests.Unit.Config;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Tests.Deployments;

/// <summary>User errors reach Pulumi as messages, wherever they are found; the layers that find them do not depend on Pulumi.</summary>
[Collection(SerialDeployments.Name)]
public sealed class UserErrorsTests
{
    private static readonly StackPlan s_plan = InferenceProgram.Read(Configs.With());

    [Fact]
    public async Task Before_the_first_resource() =>
        AssertOnly("the name of the stack: 'My_Stack' is not ", await FailureAsync(new StrictMocks(preview: false), "My_Stack"));

    [Fact]
    public async Task In_a_renamed_stack_before_anything_but_the_tag()
    {
        var cloud = new Answering("digitalocean:index/tag:Tag", "name", "inference:before");
        AssertOnly("the name of the stack: 'dev' differs from ", await FailureAsync(cloud, "dev"));
        Assert.Equal(["digitalocean:index/tag:Tag", "infra:components:PrivateNetwork"], cloud.Types);
    }

    [Fact]
    public async Task In_an_output_from_which_node_env_cannot_be_written() => AssertTold("endpoints.chat: ", await FailureAsync(
        new Answering("digitalocean:index/vpc:Vpc", "ipRange", "10.118.0.0/20; reboot"), "dev"));

    /// <summary>
    /// The official SDK wraps what fails inside an output that is a resource's property ("error serializing property"), and adds a trace to
    /// it. No failure is without the message.
    /// </summary>
    private static void AssertTold(string message, Exception failure) =>
        Assert.All(Messages(failure), text => Assert.Matches($"(?s)(^|: ){Regex.Escape(message)}.*\n  fix: ", text));

    private static void AssertOnly(string message, Exception failure) =>
        Assert.All(Messages(failure), text => Assert.Matches($"^{Regex.Escape(message)}[^\n]*\n  fix: [^\n]*$", text));

    private static IEnumerable<string> Messages(Exception failure) =>
        failure is AggregateException several ? several.InnerExceptions.Select(inner => inner.Message) : [failure.Message];

    private static Task<Exception> FailureAsync(IMocks mocks, string stack) => Assert.ThrowsAnyAsync<Exception>(() => Deployment.TestAsync(
        mocks, new TestOptions { IsPreview = false, StackName = stack }, () => InferenceProgram.DefineAsync(s_plan)));

    /// <summary>A cloud that answers as it should, but for one output.</summary>
    private sealed class Answering(string type, string output, string value) : IMocks
    {
        private readonly StrictMocks _cloud = new(preview: false);

        /// <summary>Types of the resources that were registered, except the stack.</summary>
        public IEnumerable<string> Types =>
            _cloud.Registered.Keys.Select(key => key.Type).Where(registered => registered != "pulumi:pulumi:Stack").Order();

        public async Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
        {
            var (id, state) = await _cloud.NewResourceAsync(args);
            return (id, args.Type == type ? ((ImmutableDictionary<string, object>)state).SetItem(output, value) : state);
        }

        public Task<object> CallAsync(MockCallArgs args) => _cloud.CallAsync(args);
    }
}
