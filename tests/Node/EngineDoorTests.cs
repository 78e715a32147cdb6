namespace Infra.Tests.Node;

/// <summary><c>engine-access</c>: what one engine leaves to the next, and from when on clients reach it.</summary>
public sealed class EngineDoorTests : IDisposable
{
    private const string Door = "/run/inference/open";
    private const string Kept = "/var/lib/inference/compiled";
    private const string Cache = "/proc/77/root/tmp/home";
    private readonly StagedNode _node = new();

    public EngineDoorTests()
    {
        Directory.CreateDirectory(_node.At("/run/inference/engine"));
        StartEngine();
    }

    [Fact]
    public async Task What_an_engine_wrote_before_its_first_client_is_kept_and_what_came_later_is_not()
    {
        _node.Write($"{Cache}/vllm/graph.so", "compiled");
        await RunAsync("open");
        Assert.Equal("engine", new DirectoryInfo(_node.At(Door)).LinkTarget);
        Assert.Equal("compiled", _node.Read($"{Kept}/home/vllm/graph.so"));

        // Its clients have been there: it may be another's by now, and its probe starts over.
        _node.Write($"{Cache}/vllm/graph.so", "taken over");
        _node.Write($"{Cache}/vllm/more.so", "taken over");
        await RunAsync("open");
        // Nor does the next start begin with it, or keep it where nothing is kept.
        Directory.Delete(_node.At(Kept), recursive: true);
        await RunAsync("open");
        Assert.False(Path.Exists(_node.At(Kept)));
        await RunAsync("close");
        StartEngine();
        _node.Write($"{Cache}/vllm/graph.so", "compiled again");
        await RunAsync("open");
        Assert.Equal("compiled again", _node.Read($"{Kept}/home/vllm/graph.so"));
        Assert.False(File.Exists(_node.At($"{Kept}/home/vllm/more.so")));
    }

    [Fact]
    public async Task Before_each_start_access_is_closed_and_no_file_of_the_last_engine_is_next_to_the_socket()
    {
        await RunAsync("open");
        _node.Write("/run/inference/engine/vllm.sock/left", "a folder in its place");
        _node.Write("/run/inference/engine/.hidden", "left");
        Directory.CreateSymbolicLink(_node.At("/run/inference/engine/link"), _node.At("/etc"));
        await RunAsync("close");
        Assert.False(Path.Exists(_node.At(Door)));
        Assert.Empty(Directory.GetFileSystemEntries(_node.At("/run/inference/engine")));
        Assert.True(File.Exists(_node.At("/etc/inference/node.env")));
        Assert.Equal("systemctl --no-block try-restart inference-ready.service\n", _node.Called);
    }

    [Theory]
    [InlineData("MODEL_REVISION=", true)]
    [InlineData("ENGINE_VERSION=", true)]
    [InlineData("VLLM_ARGS=", true)]
    [InlineData("FIREWALL_ADMIN_CIDRS=", false)]
    public async Task Another_engine_or_model_begins_with_nothing(string setting, bool goes)
    {
        _node.Write($"{Cache}/graph.so", "compiled");
        await RunAsync("open");
        _node.Write("/etc/inference/node.env",
            _node.Read("/etc/inference/node.env").Replace(setting, setting + "9", StringComparison.Ordinal));
        await RunAsync("close");
        Assert.Equal(!goes, File.Exists(_node.At($"{Kept}/home/graph.so")));
    }

    [Fact]
    public async Task No_link_and_no_pipe_of_an_engine_is_followed_or_waited_for()
    {
        _node.Write("/secret", "of root");
        _node.Write($"{Cache}/good", "compiled");
        File.CreateSymbolicLink(_node.At($"{Cache}/file"), _node.At("/secret"));
        Directory.CreateSymbolicLink(_node.At($"{Cache}/folder"), _node.At("/etc"));
        File.CreateSymbolicLink(_node.At($"{Cache}/nothing"), "missing");
        await Tool.RunAsync("mkfifo", _node.At($"{Cache}/pipe"));
        await RunAsync("open");
        Assert.Equal([_node.At($"{Kept}/home/good")], Directory.GetFileSystemEntries(_node.At($"{Kept}/home")));
    }

    [Theory]
    [InlineData("rm -r $1; ln -s /etc $1")]
    [InlineData("truncate -s 5G $1/huge")]
    [InlineData("cd $1; for n in $(seq 40); do mkdir d; cd d; done")]
    [InlineData("echo 0::/system.slice/cron.service > $1/../../../cgroup")]
    public async Task What_is_no_cache_of_the_engine_is_not_kept_and_the_engine_serves(string makes)
    {
        Directory.CreateDirectory(_node.At(Cache));
        await Tool.RunAsync("bash", "-c", makes, "-", _node.At(Cache));
        Assert.Contains("compile cache not kept: ", await RunAsync("open"), StringComparison.Ordinal);
        Assert.Equal("engine", new DirectoryInfo(_node.At(Door)).LinkTarget);
        Assert.Empty(Directory.GetFileSystemEntries(_node.At("/var/lib/inference"), "compiled*"));
    }

    public void Dispose() => _node.Dispose();

    private void StartEngine()
    {
        if (Directory.Exists(_node.At("/proc/77")))
        {
            Directory.Delete(_node.At("/proc/77"), recursive: true);
        }

        _node.Write("/proc/77/cgroup", "0::/system.slice/inference-vllm-container.service/libpod-payload-1\n");
        Directory.CreateDirectory(_node.At(Cache));
        _node.Write("/run/inference/vllm.pid", "77\n");
    }

    private async Task<string> RunAsync(string what)
    {
        var result = await _node.RunAsync("engine-access", [what], null);
        Assert.True(result.ExitCode == 0, result.All);
        return result.Output;
    }
}
