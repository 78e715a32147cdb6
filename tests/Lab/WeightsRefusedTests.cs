using Infra.Lab.Mirrors;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>
/// A server whose weights' storage refuses for a while, as Hugging Face's has been seen to, and a model that comes with a system prompt.
/// </summary>
[Collection(SerialLabs.Name)]
public sealed class WeightsRefusedTests(WeightsRefusedTests.Refused refused) : IClassFixture<WeightsRefusedTests.Refused>
{
    [Fact]
    public void It_serves_through_refusals_of_its_storage()
    {
        Assert.Empty(refused.Stack.Result.Failures.Select(failure => $"{failure.Name}: {failure.Message}"));
        var statuses = refused.Stack.Requests("chat-0", MirrorKind.Hub).Where(line => line.Host == "cas-bridge.xethub.hf.co")
            .Select(line => line.Status).ToList();
        Assert.All(Refused.Statuses, status => Assert.Contains(status, statuses));
        Assert.Contains(206, statuses);
    }

    [Fact]
    public async Task No_message_asks_to_accept_a_licence()
    {
        var journal = await refused.Stack.JournalAsync("chat-0", "inference-weights");
        Assert.Contains("cas-bridge.xethub.hf.co, the file storage of huggingface.co, returns 403", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("licence", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("Signature", journal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_weights_were_compared_with_checksums_that_the_hub_did_not_give()
    {
        var environment = (await refused.Stack.InsideAsync("chat-0", "grep", "^MODEL_CHECKSUMS=", "/etc/inference/node.env")).Output;
        Assert.Matches("^MODEL_CHECKSUMS=[0-9a-f]{64}( [0-9a-f]{12}){5,}\n$", environment);
        // A node with other checksums does not serve these weights.
        var other = await refused.Stack.InsideAsync("chat-0", "bash", "-c", """
            while IFS= read -r line; do export "$line"; done < /etc/inference/node.env
            MODEL_CHECKSUMS="${MODEL_CHECKSUMS:0:64} ${MODEL_CHECKSUMS:65:8}0000"
            /usr/local/libexec/inference/fetch-weights /tmp/weights 2>&1
            echo "status $?"
            """);
        Assert.Contains("does not match the catalog's checksum: its SHA-256 is ", other.Output, StringComparison.Ordinal);
        Assert.Contains("status 1", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_system_prompt_is_read_as_an_operator_would_and_sent()
    {
        var stack = refused.Stack;
        var system = await stack.LabStack.SystemMessageAsync(stack.Endpoint("chat"), new(2026, 3, 1),
            TestContext.Current.CancellationToken);
        Assert.Equal(["text", "thinking", "text"], system!["content"]!.AsArray().Select(part => part!["type"]!.GetValue<string>()));
        using var client = stack.LabStack.Client(stack.Endpoint("chat"));
        Assert.NotEmpty(await client.AskAsync("Hello?", 16, system, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_outputs_show_where_the_system_prompt_is()
    {
        var output = refused.Stack.Result.Outputs.Endpoints["chat"]["systemPrompt"] as IReadOnlyDictionary<string, object?>;
        Assert.Matches("^https://huggingface.co/mistralai/Ministral-3-3B-Reasoning-2512/resolve/[0-9a-f]{40}/SYSTEM_PROMPT.txt$",
            (string)output!["url"]!);
        Assert.EndsWith(SystemPrompt.NodePath, (string)output["print"]!, StringComparison.Ordinal);
    }

    public sealed class Refused : IAsyncLifetime
    {
        internal static readonly int[] Statuses = [403, 404, 401, 410, 416, 503, 400];

        internal RunningStack Stack { get; } = RunningStack.Prepare("refusing", SurvivesStage.ConfigValues(("chat", Endpoint())));

        public async ValueTask InitializeAsync()
        {
            Stack.Folder.Create();
            Stack.SetMirrors(control => control.With(
                MirrorKind.Hub, new() { Refuse = new() { Statuses = Statuses, At = MirrorPart.Cdn, Times = Statuses.Length } }));
            await Stack.UpAgainAsync();
        }

        public ValueTask DisposeAsync() => Stack.DisposeAsync();

        private static System.Text.Json.Nodes.JsonObject Endpoint()
        {
            var endpoint = SurvivesStage.Endpoint();
            endpoint["model"] = "mistralai/Ministral-3-3B-Reasoning-2512";
            return endpoint;
        }
    }
}
