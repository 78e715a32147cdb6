namespace Infra.Tests.Node;

/// <summary>
/// <c>./infra</c> in other shells, with other tools and from other folders, and how it handles the answers of a package feed.
/// </summary>
public sealed class InfraScriptTests : IDisposable
{
    private readonly InfraClone _clone = new();

    public void Dispose() => _clone.Dispose();

    public static MatrixTheoryData<string, string> Shells => new(["dash", "bash --posix", "busybox sh"], ["", "busybox", "toybox"]);

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task It_runs_in_any_shell_with_any_tools(string shell, string tools)
    {
        if (tools.Length > 0)
        {
            // The names of all its tools, before those of the machine.
            await _clone.RunAsync(
                $"for tool in $({tools} {(tools == "busybox" ? "--list" : "")}); do ln -sf \"$(command -v {tools})\" "
                    + $"'{_clone.Bin}'/\"$tool\"; done");
        }

        var first = await _clone.RunAsync($"{shell} \"$infra\" preview dev");
        Assert.True(first.ExitCode == 0, first.All);
        Assert.Contains("Infra.Cli.dll preview dev", first.Output, StringComparison.Ordinal);
        Assert.Equal(3, _clone.Asked.Count);
        Assert.Contains("--no-restore", _clone.Asked[1], StringComparison.Ordinal); // the question to the feed has restored it
        var second = await _clone.RunAsync($"{shell} \"$infra\" plan --json");
        Assert.Equal("", second.Errors);
        Assert.Equal(4, _clone.Asked.Count); // neither restored nor built again
        var tests = await _clone.RunAsync($"{shell} \"$infra\" test unit sdk");
        Assert.EndsWith("3 passed, 1 failed\n", tests.Output, StringComparison.Ordinal);
        Assert.Equal(2, tests.ExitCode);
    }

    [Theory]
    [InlineData("cd \"$clone\" && ./infra preview")]
    [InlineData("cd / && \"$infra\" preview")]
    [InlineData("cd / && CDPATH=/tmp:. && export CDPATH && cd \"$clone/stacks\" > /dev/null && ../infra preview")]
    [InlineData(
        "ln -s \"$infra\" \"$clone/stacks/link\" && ln -s link \"$clone/stacks/another\" && cd \"$clone/stacks\" && ./another preview")]
    [InlineData("unset HOME && \"$infra\" preview")]
    [InlineData("HOME= \"$infra\" preview")]
    [InlineData("HOME=/nonexistent \"$infra\" preview")]
    [InlineData("umask 077 && \"$infra\" preview")]
    [InlineData("umask 027 && \"$infra\" preview")]
    [InlineData("LC_ALL=tr_TR.UTF-8 \"$infra\" preview")]
    [InlineData("env -i PATH=\"$PATH\" \"$infra\" preview")]
    public async Task It_runs_from_anywhere_in_any_environment(string command)
    {
        var result = await _clone.RunAsync(command);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains($"{_clone.Root}/artifacts/official/bin/Infra.Cli/release/Infra.Cli.dll preview", result.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_a_folder_that_was_removed_it_says_so()
    {
        var result = await _clone.RunAsync("mkdir \"$clone/gone\" && cd \"$clone/gone\" && rmdir \"$clone/gone\" && \"$infra\" preview");
        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith($": no longer exists, or {Environment.UserName} may not enter it\n  fix: cd {_clone.Root}\n", result.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_read_only_disk_what_is_built_runs_and_what_is_not_is_refused_with_the_folder()
    {
        Assert.SkipUnless(Environment.UserName == "root", "mounts");
        string[] readOnly = ["unshare", .. Tool.OwnNamespace(), "sh", "-c",
            "mount --bind \"$clone\" \"$clone\" && mount -o remount,bind,ro \"$clone\" && cd / && exec \"$infra\" preview"];
        var refused = await _clone.RunAsync(readOnly);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"{_clone.Root}/artifacts: not writable", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("\n  fix: ", refused.Errors, StringComparison.Ordinal);
        await _clone.RunAsync("\"$infra\" preview");
        var runs = await _clone.RunAsync(readOnly);
        Assert.True(runs.ExitCode == 0, runs.All);
    }

    [Fact]
    public async Task With_a_home_that_cannot_be_written_to_the_users_feeds_are_asked_all_the_same()
    {
        Assert.SkipUnless(Environment.UserName == "root", "mounts");
        var result = await _clone.RunAsync(["unshare", .. Tool.OwnNamespace(), "sh", "-c",
            "mount -t tmpfs tmpfs /mnt && mkdir -p /mnt/.nuget/NuGet && echo feeds > /mnt/.nuget/NuGet/NuGet.Config && mount "
                + "-o remount,ro /mnt && HOME=/mnt \"$infra\" preview && cat \"$clone/artifacts/home/.nuget/NuGet/NuGet.Config\""]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.EndsWith("feeds\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error NU1101: Unable to find package Pulumi. No packages exist with this id in source(s): feed", "Pulumi")]
    [InlineData(
        "error NU1102: Unable to find package Pulumi.Tls with version (>= 5.5.1)\n  - Found 3 version(s) in feed [ Nearest "
            + "version: 5.4.0 ]",
        "Pulumi.Tls")]
    [InlineData("error NU1103: Unable to find a stable package Pulumi.Random with version (>= 4.21.1)", "Pulumi.Random")]
    [InlineData(
        "error NU1603: Warning As Error: Pulumi 3.112.1 depends on Grpc.Net.Client (>= 2.60.0) but Grpc.Net.Client 2.60.0 was "
            + "not found. Grpc.Net.Client 2.61.0 was resolved instead.",
        "Grpc.Net.Client")]
    [InlineData("error NU1605: Warning As Error: Detected package downgrade: Google.Protobuf from 3.27.0 to 3.26.0.", "Google.Protobuf")]
    public async Task A_feed_that_lacks_packages_or_versions_leads_to_the_offline_sdk_and_names_them(string answer, string package)
    {
        _clone.Fail("restore", "official", $"components.csproj : {answer}\n");
        var result = await _clone.RunAsync("\"$infra\" preview");
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains($"lacks {package}: using the offline SDK", result.Errors, StringComparison.Ordinal);
        Assert.Contains("fix", result.Errors, StringComparison.Ordinal);
        Assert.Contains("artifacts/offline/bin", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error NU1301: Unable to load the service index for source https://feed/v3/index.json.", "is unreachable")]
    [InlineData("error NU1301: Response status code does not indicate success: 401 (Unauthorized).", "rejects the credentials")]
    [InlineData("error NU1403: Package content hash validation failed for Pulumi.3.112.1.", "is corrupt or its signature is invalid")]
    [InlineData("A compatible .NET SDK was not found.\n\nRequested SDK version: 10.0.100", "the installed .NET SDK cannot build")]
    [InlineData("error : No space left on device : '/home/me/.nuget/packages/x'", "the disk is full")]
    [InlineData("error : Access to the path '/home/me/.nuget/packages/x' is denied.", "is not writable")]
    [InlineData("error NU1999: something new", "could not be restored")]
    [InlineData("Segmentation fault", "could not be restored")]
    public async Task Any_other_failure_stops_with_one_message_and_a_fix(string answer, string problem)
    {
        _clone.Fail("restore", "official", $"{answer}\n");
        var result = await _clone.RunAsync("\"$infra\" preview");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
        Assert.Contains("\n  fix: ", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_clone.Memory));
        Assert.Single(_clone.Asked);
    }

    [Fact]
    public async Task A_feed_that_lacks_what_the_offline_sdk_needs_too_stops()
    {
        _clone.Fail("restore", "official",
            "error NU1101: Unable to find package YamlDotNet. No packages exist with this id in source(s): feed\n");
        _clone.Fail("restore", "offline",
            "error NU1101: Unable to find package YamlDotNet. No packages exist with this id in source(s): feed\n");
        var result = await _clone.RunAsync("\"$infra\" preview");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("lacks YamlDotNet\n  fix: dotnet nuget add source", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("touch -d '23 hours ago' \"$clone/artifacts/pulumi-sdk\"", false)]
    [InlineData("touch -d '25 hours ago' \"$clone/artifacts/pulumi-sdk\"", true)]
    [InlineData("echo '<!-- -->' >> \"$clone/Directory.Packages.props\"", true)]
    [InlineData("echo '<configuration/>' > \"$clone/NuGet.Config\"", true)]
    [InlineData(": > \"$clone/artifacts/pulumi-sdk\"", true)]
    [InlineData("echo 'x y' > \"$clone/artifacts/pulumi-sdk\"", true)]
    public async Task The_feeds_answer_is_remembered_for_a_day_and_for_the_same_question(string change, bool again)
    {
        _clone.Fail("restore", "official", "error NU1101: Unable to find package Pulumi. No packages exist\n");
        await _clone.RunAsync("\"$infra\" preview");
        _clone.Forget();
        var result = await _clone.RunAsync($"{change} && \"$infra\" preview");
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(again, _clone.Asked.Contains("official|restore cli"));
    }

    [Theory]
    [InlineData("Program.cs(1,1): error CS1002: ; expected", 2, "the build failed")]
    [InlineData("lab.csproj : error NU1101: Unable to find package Spectre.Console. No packages exist", 1,
        "the package feed lacks Spectre.Console")]
    [InlineData("error MSB3021: Unable to copy file. No space left on device", 1, "the disk is full")]
    public async Task A_build_failure_of_the_machine_is_a_user_error_and_one_of_the_code_is_not(string output, int status, string problem)
    {
        _clone.Fail("build", "official", $"{output}\n");
        var result = await _clone.RunAsync("\"$infra\" preview");
        Assert.Equal(status, result.ExitCode);
        Assert.Contains(output, result.Errors, StringComparison.Ordinal);
        Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PulumiSdk=newest \"$infra\" preview", "must be official or offline\n  fix: unset PulumiSdk")]
    [InlineData("\"$infra\" test units", "is not a kind of test; choose from unit, sdk, deployment, golden, node, lab, abuse\n  fix: ")]
    [InlineData("\"$infra\" check all", "is an extra argument")]
    [InlineData("\"$infra\" prewiev", "is not a command; choose from preview, plan, up, ")]
    [InlineData("\"$infra\" bench all", "is not a benchmark; choose from preview, boot, proxy, api\n  fix: ")]
    [InlineData("\"$infra\" plan >&-", "standard output is closed\n  fix: ")]
    public async Task A_wrong_command_line_is_explained_and_nothing_is_built(string command, string problem)
    {
        var result = await _clone.RunAsync(command);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(problem, result.All, StringComparison.Ordinal);
        Assert.Empty(_clone.Asked);
    }

    // An apt source of someone else's that is broken fails an update, and keeps no package away that another source has.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 1)]
    public async Task A_broken_apt_source_is_skipped_and_an_unavailable_package_is_an_error(int install, int status)
    {
        _clone.Stub("sudo", "while [ \"$1\" != apt-get ] && [ \"$1\" != env ] && [ $# -gt 0 ]; do shift; done; exec \"$@\"");
        _clone.Stub("apt-get",
            $"case \"$*\" in *update*) echo 'E: NO_PUBKEY'; exit 100 ;; *) echo \"asked for: $*\"; exit {install} ;; esac");
        _clone.Stub("dpkg-query", "for last; do :; done; [ \"$last\" != busybox-static ] || printf installed");
        _clone.Stub("shellcheck", "exit 0");
        _clone.Stub("shfmt", "exit 0");
        var result = await _clone.RunAsync("PulumiSdk=offline \"$infra\" check; echo \"status $?\"; cat \"$clone/artifacts/apt.log\"");
        Assert.Contains($"status {status}\n", result.Output, StringComparison.Ordinal);
        Assert.Contains(" cloud-init ", result.Output, StringComparison.Ordinal);
        // Either package of its line will do.
        Assert.DoesNotContain(" busybox", result.All, StringComparison.Ordinal);
        Assert.Equal(install != 0, result.Errors.Contains("until both succeed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_dotnet_it_prints_where_to_get_it()
    {
        var tools = _clone.Stub("unused", "").Replace("unused", "tools", StringComparison.Ordinal);
        await _clone.RunAsync(
            $"mkdir '{tools}' && for tool in $(busybox --list); do ln -s \"$(command -v busybox)\" '{tools}'/\"$tool\"; done");
        foreach (var command in new[] { "preview", "up", "test lab", "check" })
        {
            await RefusedAsync(command);
        }

        await _clone.RunAsync("\"$infra\" preview");
        await RefusedAsync("preview"); // what is built cannot run either

        async Task RefusedAsync(string command)
        {
            var result = await _clone.RunAsync($"PATH='{tools}' && \"$infra\" {command}");
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("dotnet is not on the PATH\n  fix: install the .NET SDK 10 ", result.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_script_of_it_is_posix_sh()
    {
        Assert.All(Directory.GetFiles(Path.Combine(_clone.Root, "cli", "shell")).Append(_clone.Script),
            file => Assert.Equal("#!/bin/sh", File.ReadLines(file).First()));

        var check = await _clone.RunAsync("cd \"$clone\" && shellcheck --shell=sh --severity=style --external-sources infra cli/shell/*");
        Assert.True(check.ExitCode == 0, check.All);
    }
}
