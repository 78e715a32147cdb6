using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary>A machine that cannot run servers is reported before anything is built or installed, and can still preview.</summary>
public sealed class HostNeedsTests : IDisposable
{
    private const string NotHere = "available here: ./infra preview, ./infra plan and ./infra test unit sdk deployment golden\n  fix: ";

    private readonly InfraClone _clone = new();

    public HostNeedsTests()
    {
        // A command that gets as far as installing packages did not check first.
        _clone.Stub("apt-get", "echo apt-get was called >&2; exit 100");
    }

    public void Dispose() => _clone.Dispose();

    public static MatrixTheoryData<string, string> Capabilities =>
        new(["up", "bench boot", "test lab", "test"], ["net_admin", "sys_admin", "mknod", "sys_chroot", "net_raw", "all"]);

    [Theory]
    [MemberData(nameof(Capabilities))]
    public async Task A_missing_capability_is_reported_in_one_message(string command, string capability)
    {
        NeedsRoot();
        var result = await _clone.RunAsync($"exec setpriv --bounding-set=-{capability} --inh-caps=-{capability} \"$infra\" {command}");
        AssertRefused(result, capability == "all" ? "CAP_SYS_ADMIN" : $"without CAP_{capability.ToUpperInvariant()}");
    }

    [Theory]
    [InlineData("preview dev")]
    [InlineData("plan")]
    public async Task Without_any_capability_a_preview_works(string command)
    {
        NeedsRoot();
        var result = await _clone.RunAsync($"exec setpriv --bounding-set=-all --inh-caps=-all \"$infra\" {command}");
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Theory]
    [InlineData(
        "mount -o bind,ro /sys/fs/cgroup /sys/fs/cgroup; for one in /sys/fs/cgroup/*/; do [ ! -e \"$one/cgroup.procs\" ] || "
            + "mount -o bind,ro \"$one\" \"$one\"; done",
        "up", "cgroups: ")]
    [InlineData("mount -t tmpfs -o ro tmpfs /sys/fs/cgroup", "up", "cgroups: /sys/fs/cgroup has no hierarchy")]
    [InlineData("mount -t tmpfs tmpfs /dev; mknod /dev/null c 1 3; mknod /dev/zero c 1 5", "up",
        "loop devices: /dev/loop-control is missing")]
    [InlineData("mount -t tmpfs -o ro tmpfs /mnt; export INFRA_CACHE=/mnt/cache", "up", "/mnt/cache is not writable: mkdir: ")]
    [InlineData("mount -t tmpfs -o size=16k tmpfs /mnt; export INFRA_CACHE=/mnt/cache", "up", "/mnt/cache is not writable: dd: ")]
    [InlineData("mount -t tmpfs -o size=100m tmpfs /mnt; export INFRA_CACHE=/mnt/cache", "up",
        "/mnt/cache has 102 MB free, 2000 MB are needed")]
    [InlineData("touch \"$clone/file\"; export INFRA_CACHE=\"$clone/file/cache\"", "up", "/file is not a folder")]
    [InlineData("mount -t tmpfs -o noexec tmpfs /mnt; export TMPDIR=/mnt", "test node", "check that it is not mounted noexec")]
    [InlineData("mount -t tmpfs -o ro tmpfs /mnt; export TMPDIR=/mnt", "test node", "/mnt is not writable")]
    public async Task Each_thing_that_a_machine_may_lack_is_named(string without, string command, string message)
    {
        NeedsRoot();
        AssertRefused(await _clone.RunAsync(["unshare", .. Tool.OwnNamespace(), "sh", "-c", $"{without}; exec \"$infra\" {command}"]),
            message);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("test node")]
    public async Task A_seccomp_filter_that_rejects_namespaces_is_reported(string command)
    {
        // As under Docker's seccomp filter: the program exists, and the kernel rejects the call.
        _clone.Stub("unshare", "echo 'unshare: unshare failed: Operation not permitted' >&2; exit 1");
        AssertRefused(await _clone.RunAsync($"\"$infra\" {command}"), "namespaces: unshare: unshare failed: Operation not permitted");
    }

    [Fact]
    public async Task With_json_what_a_machine_lacks_is_json()
    {
        _clone.Stub("unshare", "echo 'unshare: \"no\"' >&2; exit 1");
        _clone.Stub("id", "case $1 in -u) echo 0 ;; *) echo root ;; esac");

        var result = await _clone.RunAsync("\"$infra\" up --json");

        Assert.Equal((1, ""), (result.ExitCode, result.Errors));
        using var report = JsonDocument.Parse(result.Output);
        var error = Assert.Single(report.RootElement.GetProperty("mistakes").EnumerateArray().ToArray());
        Assert.Contains("this machine lacks:\n", error.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Contains("unshare: \"no\"", error.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("run it as root on a Debian", error.GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_without_apt_is_refused_even_for_root()
    {
        NeedsRoot();
        File.Delete(Path.Combine(_clone.Bin, "apt-get"));
        await _clone.RunAsync(
            $"for tool in $(busybox --list); do [ \"$tool\" = dpkg ] || [ -e '{_clone.Bin}'/\"$tool\" ] || ln -s \"$(command "
                + $"-v busybox)\" '{_clone.Bin}'/\"$tool\"; done");
        AssertRefused(await _clone.RunAsync($"PATH='{_clone.Bin}' \"$infra\" up"), "apt-get: is missing");
    }

    [Fact]
    public async Task Another_system_is_refused_by_its_name_and_previews()
    {
        _clone.Stub("uname", "echo Darwin");
        foreach (var command in new[] { "up", "status", "test node", "test lab", "bench proxy" })
        {
            var result = await _clone.RunAsync($"\"$infra\" {command}");
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("servers need Debian or Ubuntu; this is Darwin", result.Errors, StringComparison.Ordinal);
            Assert.Contains("\n  fix: ", result.Errors, StringComparison.Ordinal);
        }

        Assert.Empty(_clone.Asked);
        Assert.Equal(0, (await _clone.RunAsync("\"$infra\" preview")).ExitCode);
    }

    [Fact]
    public async Task A_user_who_may_not_become_root_gets_an_error_before_anything_is_built()
    {
        NeedsRoot();
        _clone.Stub("sudo", "echo 'sudo: a password is required' >&2; exit 1");
        var result = await _clone.RunAsync(
            $"chmod -R a+rX \"$clone/..\" && exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all \"$infra\" up");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("sudo does not give this user root", result.Errors, StringComparison.Ordinal);
        Assert.Contains("./infra preview", result.Errors, StringComparison.Ordinal);
        Assert.Empty(_clone.Asked);
    }

    private void AssertRefused(ToolResult result, string message)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Contains(NotHere, result.Errors, StringComparison.Ordinal);
        Assert.Contains("this machine lacks:", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("apt-get was called", result.Errors, StringComparison.Ordinal);
        Assert.Empty(_clone.Asked);
    }

    private static void NeedsRoot() =>
        Assert.SkipUnless(Environment.UserName == "root", "takes rights away from root, and root alone has them");
}
