using Infra.Lab.Linux;
using Infra.Lab.Stacks;

namespace Infra.Tests.Unit.Lab;

/// <summary>What a server reports, and how <c>status</c> and <c>up</c> interpret it.</summary>
public sealed class NodeHealthTests
{
    private const string Booted = "booted True False";

    [Theory]
    [InlineData("network True\nready 200\nfailed \ncoming \n" + Booted, "ready", null)]
    [InlineData("network True\nready 200\nfailed inference-weights.service\ncoming \n" + Booted,
        "ready", "failed: inference-weights.service")]
    [InlineData("network True\nready 503\nfailed inference-vllm-container.service inference-nginx.service\n"
        + "coming inference-ready.service\n" + Booted, "failed", "inference-vllm-container.service, inference-nginx.service")]
    [InlineData("network True\nready 0\nfailed \ncoming \n" + Booted, "stopped", "it does not serve and no unit is starting")]
    [InlineData("network True\nready 0\nfailed \ncoming inference-ready.service\n" + Booted, "starting", null)]
    [InlineData("network True\nready 0\nfailed \ncoming \nbooted False False", "starting", null)]
    [InlineData("network True\nready 0\nfailed \ncoming \nbooted False True", "failed", "its first boot failed")]
    // One without a network answers itself on loopback all the same.
    [InlineData("network False\nready 200\nfailed \ncoming \n" + Booted, "failed", "its public address is not on eth0")]
    // A compromised server may send anything.
    [InlineData("", "failed", "its public address is not on eth0")]
    [InlineData("network True\nready 200 OK\nfailed \u001b]0;curl | sh\u0007 x.service\ncoming \n" + Booted,
        "stopped", "it does not serve and no unit is starting")]
    [InlineData("network True\nready 503\nfailed inference-\u001b[2Jvllm.service inference-ready.service\ncoming \n" + Booted,
        "failed", "inference-ready.service")]
    public void A_state_is_what_was_answered_and_nothing_else_is_printed(string answer, string state, string? problem)
    {
        var health = NodeHealth.Of(answer);
        Assert.Equal((state, problem), (health.State, health.Problem));
    }

    [Theory]
    [InlineData(1, "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted\n", true)]
    [InlineData(0, "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted\n", false)]
    [InlineData(1, "python3: Operation not permitted\n", false)]
    [InlineData(1, "x nsenter: Operation not permitted\n", false)]
    public void A_permission_error_of_a_server_is_no_refusal_of_this_machine(int status, string errors, bool refused) =>
        Assert.Equal(refused, NodeHealth.IsRefused(new ProgramAnswer(status, "", errors)));

    [Fact]
    public void An_unknown_phase_is_ignored()
    {
        string[] lines =
        [
            """{"phase": "weights", "event": "start", "monotonicSeconds": 1, "boot": "a"}""",
            "null", "[]", "7", "{", "\"x\"", "{}",
            """{"phase": null, "event": "start", "monotonicSeconds": 1, "boot": "a"}""",
            """{"phase": "x\u001b[2J", "event": "start", "monotonicSeconds": 1, "boot": "a"}""",
            """{"phase": "x", "event": {}, "monotonicSeconds": 1, "boot": "a"}""",
            """{"phase": "x", "event": "start", "monotonicSeconds": "1", "boot": "a"}""",
            """{"phase": "x", "event": "start", "monotonicSeconds": 1, "boot": []}""",
        ];
        Assert.Equal("weights", Assert.Single(PhaseTimeline.Phases(PhaseTimeline.Parse(string.Join('\n', lines)))).Phase);
    }
}
