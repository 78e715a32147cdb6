using System.Globalization;
using System.Text.Json.Nodes;
using Infra.Lab.Provider.Resources;
using static Infra.Tests.Lab.SurvivesStage;

namespace Infra.Tests.Lab;

/// <summary>A Volume under a server that serves: it grows, and it is taken away.</summary>
[Collection(SerialLabs.Name)]
public sealed class SurvivesVolumeTests
{
    private const string Node = "chat-0";

    [Fact]
    public async Task A_Volume_grows_without_an_interruption_and_its_removal_replaces_the_server()
    {
        await using var stack = await RunningStack.UpAsync("volume", With(gib: 30));
        var traces = new SurvivesTraces(stack.LabStack);
        var before = stack.Node(Node);
        var running = await RunningAsync(stack);
        Assert.InRange(await GiBAsync(stack), 28, 30);

        await stack.UpAgainAsync(With(gib: 40));
        Assert.Empty(stack.Result.Failures);
        Assert.Equal(before.Id, stack.Node(Node).Id);
        Assert.Equal(running, await RunningAsync(stack));
        Assert.Equal("42949672960", (await stack.InsideAsync(Node, "sh", "-c",
            "blockdev --getsize64 $(readlink -f /dev/disk/by-id/scsi-0DO_Volume_volume-chat-0-weights)")).Output.Trim());
        // A machine that is itself a container may lack the capability to grow a mounted file system: then the old size stays, and the run
        // reports it.
        var mayGrow = (await stack.InsideAsync(Node, "sh", "-c",
            "echo $((0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) >> 24 & 1))")).Output.Trim() == "1";
        Assert.InRange(await GiBAsync(stack), mayGrow ? 38 : 28, mayGrow ? 40 : 30);

        await stack.UpAgainAsync(With(gib: null));
        Assert.Empty(stack.Result.Failures);
        Assert.NotEqual(before.Id, stack.Node(Node).Id);
        Assert.Single(traces.Cgroups());
        Assert.DoesNotContain(CloudState.In(CloudState.Peek(stack.Folder.Cloud)!), resource => resource.Type == Types.Volume);
    }

    private static Dictionary<string, string> With(int? gib)
    {
        var endpoint = Endpoint();
        if (gib is { } size)
        {
            endpoint["cacheVolumeGiB"] = (JsonNode)size;
        }
        return ConfigValues(("chat", endpoint));
    }

    /// <summary>Which run of each unit it is: another one after a restart.</summary>
    private static async Task<string> RunningAsync(RunningStack stack) => (await stack.InsideAsync(Node,
        "systemctl", "show", "--property=InvocationID", "--value", "inference-storage", "inference-vllm-container", "inference-nginx",
        "inference-ready")).Output;

    private static async Task<int> GiBAsync(RunningStack stack) => int.Parse(
        (await stack.InsideAsync(Node, "sh", "-c", "df --output=size --block-size=1G /srv/inference | tail -1")).Output.Trim(),
        CultureInfo.InvariantCulture);
}
