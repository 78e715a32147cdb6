using System.Collections.Immutable;
using Infra.Planning.Plan;
using Infra.Stacks;
using Infra.Tests.Unit.Settings;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Tests.Deployments;

/// <summary>What an operator got wrong reaches Pulumi as a message alone, wherever it is found; the layers that find it know no Pulumi.</summary>
[Collection(SerialDeployments.Name)]
public sealed class UserErrorsTests
{
    private static readonly StackPlan s_plan = InferenceProgram.Read(Configs.With());

    [Fact]
    public async Task Before_the_first_resource() => AssertAlone("the name of the stack: 'My_Stack' is not ", await FailureAsync(new StrictMocks(preview: false), "My_Stack"));

    [Fact]
    public async Task In_an_output_that_names_a_renamed_stack() => AssertAlone("the name of the stack: 'dev' differs from ", await FailureAsync(
        new Answering("digitalocean:index/tag:Tag", "name", "inference:before"), "dev"));

    [Fact]
    public async Task In_an_output_from_which_node_env_cannot_be_written() => AssertAlone("endpoints.chat: ", await FailureAsync(
        new Answering("digitalocean:index/vpc:Vpc", "ipRange", "10.118.0.0/20; reboot"), "dev"));

    private static void AssertAlone(string beginning, Exception failure)
    {
        foreach (var message in failure is AggregateException several ? several.InnerExceptions.Select(inner => inner.Message) : [failure.Message])
        {
            Assert.StartsWith(beginning, message, StringComparison.Ordinal);
            Assert.Contains("\n  fix: ", message, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", message, StringComparison.Ordinal);
        }
    }

    private static Task<Exception> FailureAsync(IMocks mocks, string stack) => Assert.ThrowsAnyAsync<Exception>(() => Deployment.TestAsync(
        mocks, new TestOptions { IsPreview = false, StackName = stack }, () => InferenceProgram.DefineAsync(s_plan)));

    /// <summary>A cloud that answers as it should, but for one output.</summary>
    private sealed class Answering(string type, string output, string value) : IMocks
    {
        private readonly StrictMocks _cloud = new(preview: false);

        public async Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
        {
            var (id, state) = await _cloud.NewResourceAsync(args);
            return (id, args.Type == type ? ((ImmutableDictionary<string, object>)state).SetItem(output, value) : state);
        }

        public Task<object> CallAsync(MockCallArgs args) => _cloud.CallAsync(args);
    }
}
