namespace Infra.Tests.Node;

/// <summary><c>packages</c>: what apt is asked for, and when it is asked at all.</summary>
public sealed class PackagesTests
{
    [Theory]
    [InlineData("fetching", "container", "ii ", "")]
    [InlineData("fetching", "container", "un ", "nftables podman crun netavark")]
    [InlineData("serving", "container", "un ", "nginx")]
    [InlineData("fetching", "venv", "un ", "nftables python3-venv")]
    [InlineData("serving", "venv", "un ", "nginx python3-dev gcc g++ ffmpeg")]
    [InlineData("serving", "venv", "ii ", "")]
    public async Task Packages_are_asked_for_only_when_missing(string stage, string install, string status, string installed)
    {
        using var node = WithApt($"printf '{status}'", "echo \"apt-get $*\" >> \"$INFERENCE_ROOT/called\"");
        var result = await node.RunAsync("packages", [stage], null, ("ENGINE_INSTALL", install));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(installed.Length > 0, node.Called.Contains($"--no-install-recommends install {installed}\n", StringComparison.Ordinal) && node.Called.Contains("DPkg::Lock::Timeout", StringComparison.Ordinal));
        Assert.Equal(installed.Length == 0, node.Called.Length == 0);
    }

    [Fact]
    public async Task Packages_are_listed_once_and_again_only_when_apt_could_not_install_by_that_list()
    {
        using var node = WithApt("exit 1", "echo \"apt-get $*\" >> \"$INFERENCE_ROOT/called\"; [[ $* != *nginx* || -e $INFERENCE_ROOT/mended ]] || { touch \"$INFERENCE_ROOT/mended\"; exit 100; }");
        foreach (var stage in (string[])["fetching", "serving"])
        {
            Assert.Equal(0, (await node.RunAsync("packages", [stage], null, ("RETRY_S", "30"))).ExitCode);
        }

        var words = node.Called.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(call => call.Contains("update", StringComparison.Ordinal) ? "update" : call.Split(' ')[^1]);
        Assert.Equal(["update", "netavark", "nginx", "update", "nginx"], words);
    }

    [Fact]
    public async Task Packages_end_when_the_mirror_stays_away()
    {
        using var node = WithApt("exit 1", "echo 'Unable to fetch some archives' >&2; exit 100");
        var result = await node.RunAsync("packages", ["serving"], null, ("RETRY_S", "1"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: apt could not install nginx", result.Errors, StringComparison.Ordinal);
    }

    private static StagedNode WithApt(string query, string apt)
    {
        var node = new StagedNode();
        node.Stub("dpkg-query", query);
        node.Stub("dpkg", ":");
        node.Stub("apt-get", apt);
        Directory.CreateDirectory(node.At("/run/inference"));
        return node;
    }
}
