using System.Text.Json.Nodes;
using Infra.Planning.Plan;
using Infra.Stacks;
using Infra.Tests.Unit.Config;

namespace Infra.Tests.Node;

/// <summary>
/// The printed command that sends a question with the model's system prompt, run with programs in place of the network's.
/// </summary>
public sealed class SystemPromptCommandTests
{
    private const string Reasoning = "mistralai/Ministral-3-3B-Reasoning-2512";
    private const string Curl =
        "curl --cacert ca.pem https://127.0.0.1:8443/v1/chat/completions -H 'Content-Type: application/json' -d '{}'";

    [Fact]
    public async Task Names_and_dates_are_filled_in()
    {
        var body = await SentAsync(Configs.Model, "You are {name} on {today}, after {yesterday}. {other} \"quoted\"\n");
        var system = body["messages"]![0]!["content"]!.GetValue<string>();
        Assert.Matches("^You are Ministral-3-3B-Instruct-2512 on 20[0-9-]{8}, after 20[0-9-]{8}\\. {other} \"quoted\"\n$", system);
        Assert.Equal((Configs.Model, "Hello"), (body["model"]!.GetValue<string>(), body["messages"]![1]!["content"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Thinking_is_a_part_of_its_own() => Assert.Equal(
        """[{"type":"text","text":"Draft.\n"},{"type":"thinking","thinking":"{thoughts}","closed":true},{"type":"text","text":"Answer.\n"}]""",
        (await SentAsync(Reasoning, "Draft.\n[THINK]{thoughts}[/THINK]Answer.\n"))["messages"]![0]!["content"]!.ToJsonString());

    [Fact]
    public void It_is_of_the_pinned_commit_and_of_models_that_have_one()
    {
        var output = SystemPromptOutput.Of(Plan(Reasoning), "203.0.113.9", Curl)!;
        Assert.Equal($"https://huggingface.co/{Reasoning}/resolve/4a36357c811bf511a7b625d132e12f22408aac91/SYSTEM_PROMPT.txt",
            output["url"]);
        Assert.Null(SystemPromptOutput.Of(Plan("mistralai/Ministral-3-3B-Base-2512"), "203.0.113.9", Curl));
    }

    private static EndpointPlan Plan(string model) => StackPlan.Read(Configs.With(("endpoints.chat.model", $"\"{model}\""))).Endpoints[0];

    private static async Task<JsonNode> SentAsync(string model, string prompt)
    {
        using var node = new StagedNode();
        node.Write("/prompt", prompt);
        node.Stub("ssh", $"[[ $* == *'ops@203.0.113.9 cat /srv/inference/models/current/SYSTEM_PROMPT.txt' ]] && cat {node.At("/prompt")}");
        node.Stub("curl", "[[ $* == *'--cacert ca.pem'*' --data-binary @-' ]] && cat");
        await Tool.RunAsync("jq", "--version"); // named with its package where it is missing
        var command = (string)SystemPromptOutput.Of(Plan(model), "203.0.113.9", Curl)!["curl"]!;
        var result = await Tool.RunAsync("sh", ["-c", command], null,
            new Dictionary<string, string> { ["PATH"] = $"{node.At("/stubs")}:{Environment.GetEnvironmentVariable("PATH")}" });
        Assert.True(result.ExitCode == 0, result.All);
        return JsonNode.Parse(result.Output)!;
    }
}
