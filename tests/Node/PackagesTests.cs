namespace Infra.Tests.Node;

/// <summary>The script <c>packages</c>: what it installs, when it calls apt at all, and which faults of the image it tolerates.</summary>
public sealed class PackagesTests
{
    // apt-get that writes its words down, and installs by making dpkg-query's answer.
    private const string Installs =
        "echo \"apt-get $*\" >> \"$INFERENCE_ROOT/called\"; [[ $* != *\" install \"* ]] || touch \"$INFERENCE_ROOT/installed\"";
    private const string WhenInstalled = "[[ ! -e $INFERENCE_ROOT/installed ]] || printf installed";

    [Theory]
    [InlineData("fetching", "container", "nftables podman crun netavark")]
    [InlineData("serving", "container", "nginx libnginx-mod-http-js")]
    [InlineData("fetching", "venv", "nftables python3-venv")]
    [InlineData("serving", "venv", "nginx libnginx-mod-http-js python3-dev gcc g++ ffmpeg")]
    public async Task Packages_are_asked_for_only_when_missing(string stage, string install, string installed)
    {
        using var node = WithApt(WhenInstalled, Installs);
        Assert.Equal(0, (await node.RunAsync("packages", [stage], null, ("ENGINE_INSTALL", install))).ExitCode);
        Assert.Contains($"--no-install-recommends install {installed}\n", node.Called, StringComparison.Ordinal);
        var called = node.Called;
        Assert.Equal(0, (await node.RunAsync("packages", [stage], null, ("ENGINE_INSTALL", install))).ExitCode);
        Assert.Equal(called, node.Called);
    }

    [Fact]
    public async Task Apt_works_apart_from_the_settings_pins_lists_and_locks_of_the_image()
    {
        using var node = WithApt(WhenInstalled, $"cp \"$APT_CONFIG\" \"$INFERENCE_ROOT/used.conf\"; {Installs}");
        node.Stub("apt-config", "echo \"http='http://proxy.example:3128/'\"");
        Assert.Equal(0, (await node.RunAsync("packages", ["serving"], null)).ExitCode);
        var result = await Tool.RunAsync("apt-config", ["dump"], null,
            new Dictionary<string, string> { ["APT_CONFIG"] = node.At("/used.conf"), ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin" });
        Assert.True(result.ExitCode == 0, result.All);
        foreach (var setting in (string[])["Dir::Etc::parts \"/dev/null\"", "Dir::Etc::main \"/dev/null\"",
            "Dir::Etc::sourcelist \"/dev/null\"", "Dir::Etc::preferencesparts \"/dev/null\"", "Dir::Etc::preferences \"/dev/null\"",
            $"Dir::State::lists \"{node.At("/var/cache/inference/apt/lists")}\"", $"Dir::Cache \"{node.At("/var/cache/inference/apt")}\"",
            "DPkg::Lock::Timeout \"600\"", "APT::Update::Error-Mode \"any\"",
            "Acquire::http::Timeout \"20\"", "Acquire::http::Proxy \"http://proxy.example:3128/\""])
        {
            Assert.Contains(setting + ";", result.Output, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Lists_are_fetched_once_and_again_from_the_archive_when_apt_could_not_install_by_them()
    {
        using var node = WithApt("[[ -e $INFERENCE_ROOT/$3 ]] && printf installed",
            "echo \"apt-get $* $(cat \"$INFERENCE_ROOT\"/var/cache/inference/apt/sources/own.* | grep -o "
                + "'archive.ubuntu.com\\|mirrors.digitalocean.com' | sort -u | xargs)\" >> \"$INFERENCE_ROOT/called\"\n"
            + "[[ $* == *\" install \"* ]] || exit 0\n[[ $* != *nginx* || -e $INFERENCE_ROOT/once ]] || { touch "
            + "\"$INFERENCE_ROOT/once\"; exit 100; }\nfor word; do [[ $word == -* ]] || touch \"$INFERENCE_ROOT/$word\"; done");
        foreach (var stage in (string[])["fetching", "serving"])
        {
            var result = await node.RunAsync("packages", [stage], null, ("RETRY_S", "30"));
            Assert.True(result.ExitCode == 0, result.All);
        }

        var words = node.Called.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(call =>
            call.Split(' ') is var all && call.Contains(" update ", StringComparison.Ordinal) ? $"update {all[^1]}" : all[^2]);
        Assert.Equal(
            ["update mirrors.digitalocean.com", "netavark", "libnginx-mod-http-js", "update archive.ubuntu.com", "libnginx-mod-http-js"],
            words);
    }

    [Fact]
    public async Task Sources_of_the_image_that_cannot_be_used_are_named_and_the_archive_serves()
    {
        using var node = WithApt(WhenInstalled,
            "! grep -qr mirrors.digitalocean.com \"$INFERENCE_ROOT/var/cache/inference/apt/sources\" || { echo \"E: The "
                + "repository 'http://mirrors.digitalocean.com/ubuntu noble' is not signed.\"; exit 100; }\n"
                + Installs);
        var result = await node.RunAsync("packages", ["serving"], null, ("RETRY_S", "30"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains(
            "the apt sources of the image cannot be used: E: The repository 'http://mirrors.digitalocean.com/ubuntu noble' is not signed.",
            result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_third_party_package_that_cannot_be_configured_is_no_failure()
    {
        using var node = WithApt(WhenInstalled,
            $"{Installs}\n[[ $* != *\" install \"* ]] || {{ echo 'E: Sub-process /usr/bin/dpkg returned an error code (1)'; exit 100; }}");
        node.Stub("dpkg", "exit 1");
        node.Write("/var/lib/dpkg/updates/0001", "");
        var result = await node.RunAsync("packages", ["serving"], null, ("RETRY_S", "1"));
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public async Task Packages_of_others_that_apt_would_fix_first_are_kept_out_of_its_sight()
    {
        const string Good = "Package: libc6\nStatus: install ok installed\nVersion: 1\n\n";
        const string Unmet = "Package: needs-other\nStatus: install ok installed\nDepends: not-there\nVersion: 1\n\n";
        const string Half = "Package: nvidia-dkms\nStatus: install ok half-configured\nVersion: 1\n\n";
        using var node = WithApt(WhenInstalled, "case \"$*\" in\n"
            + "  *check) ! grep -q needs-other \"${2#*=}\" || { echo ' needs-other : Depends: not-there but it is not "
            + "installable'; exit 100; } ;;\n"
            + "  *Dir::State::status*) cp \"$INFERENCE_ROOT/var/cache/inference/apt/status\" \"$INFERENCE_ROOT/seen\"; touch "
            + "\"$INFERENCE_ROOT/installed\" ;;\n"
            + "  *install*) echo \"E: Unmet dependencies. Try 'apt --fix-broken install' with no packages (or specify a "
            + "solution).\"; exit 100 ;;\nesac");
        node.Write("/var/lib/dpkg/status", Half + Good + Unmet);
        var result = await node.RunAsync("packages", ["serving"], null, ("RETRY_S", "1"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(Good.Trim(), node.Read("/seen").Trim());
        Assert.Equal(Half + Good + Unmet, node.Read("/var/lib/dpkg/status"));
    }

    [Fact]
    public async Task Packages_end_with_the_words_of_apt_when_the_mirror_stays_away()
    {
        using var node = WithApt("exit 1", "echo 'E: Unable to fetch some archives' >&2; exit 100");
        var result = await node.RunAsync("packages", ["serving"], null, ("RETRY_S", "1"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "error: apt could not install nginx libnginx-mod-http-js: E: Unable to fetch some archives\n"
            + "next: see apt's output above; check that the package mirror is reachable", result.Errors, StringComparison.Ordinal);
    }

    private static StagedNode WithApt(string query, string apt)
    {
        var node = new StagedNode();
        node.Stub("dpkg-query", query);
        node.Stub("dpkg", ":");
        node.Stub("apt-config", ":");
        node.Stub("apt-get", apt);
        Directory.CreateDirectory(node.At("/run/inference"));
        AptSourcesTests.Ubuntu(node);
        node.Write("/etc/apt/sources.list", "deb http://mirrors.digitalocean.com/ubuntu noble main universe\n");
        return node;
    }
}
