namespace Infra.Tests.Lab;

/// <summary>Files that an engine left behind; it wrote the same word into each.</summary>
internal static class EngineMarks
{
    /// <summary>Asserts that neither the server nor the engine that runs there now has it.</summary>
    public static async Task GoneAsync(TestCluster cluster, string server, string mark)
    {
        const string Look = """
            engine=/proc/$(pgrep -u 2000 -o -f '/vllm serve')/root
            grep -rsl "$1" /run/inference /srv/inference /var/lib/inference /var/tmp $engine/tmp $engine/dev/shm
            find /run/inference /srv/inference /var/lib/inference $engine/tmp $engine/dev/shm -name "*$1*"
            test -d $engine/tmp
            """;
        var left = await cluster.Stack.InsideAsync(server, "bash", "-c", Look, "-", mark);
        Assert.Equal((0, ""), (left.Status, left.Output));
    }
}
