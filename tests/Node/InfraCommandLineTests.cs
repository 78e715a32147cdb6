using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary><c>./infra</c> as a command line: help, version, one shape of errors, and builds that meet or end early.</summary>
public sealed class InfraCommandLineTests : IDisposable
{
    private readonly InfraClone _clone = new();

    public void Dispose() => _clone.Dispose();

    [Theory]
    [InlineData("help", "Exit status: 0 success")]
    [InlineData("--help", "Exit status: 0 success")]
    [InlineData("test --help", "Usage: ./infra test [KIND...]")]
    [InlineData("test lab -h", "Usage: ./infra test [KIND...]")]
    [InlineData("check --help", "Usage: ./infra check")]
    [InlineData("bench --help", "Usage: ./infra bench [WHAT]")]
    [InlineData("bench preview --help", "Usage: ./infra bench [WHAT]")]
    [InlineData("--version", "infra Unreleased\ncommit: ")]
    public async Task Help_and_version_need_no_build(string command, string text)
    {
        var result = await _clone.RunAsync($"\"$infra\" {command}");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.StartsWith(text.StartsWith("Exit", StringComparison.Ordinal) ? "infra: " : text, result.Output, StringComparison.Ordinal);
        Assert.Contains(text, result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Errors);
        Assert.DoesNotContain(_clone.Asked, asked => asked.Contains("restore", StringComparison.Ordinal)
            || asked.Contains("build", StringComparison.Ordinal));
    }

    /// <summary>
    /// Programs of <c>cloud exec</c> run as the caller: its numbers, home, path and umask go through sudo, and so do its variables.
    /// </summary>
    [Theory]
    [InlineData("cloud exec -- pulumi up", "1000:100 /home/ops 077 --preserve-env")]
    [InlineData("cloud status", "  077 ")]
    public async Task The_caller_of_a_program_inside_is_known_behind_sudo(string command, string expected)
    {
        _clone.Stub("id", "case $1 in -u) echo 1000 ;; -g) echo 100 ;; *) echo ops ;; esac");
        _clone.Stub("sudo", """
            case $* in
              *Infra.Lab.dll*)
                all=
                for word in "$@"; do [ "$word" != --preserve-env ] || all=$word; done
                echo "${INFRA_CALLER-} ${INFRA_CALLER_HOME-} ${INFRA_CALLER_UMASK#0} $all"
                ;;
            esac
            """);

        var result = await _clone.RunAsync($"umask 077; export HOME=/home/ops PulumiSdk=offline; \"$infra\" {command}");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal($"{expected}\n", result.Output);
    }

    [Theory]
    [InlineData("up --help")]
    [InlineData("down -h")]
    [InlineData("ask --help")]
    [InlineData("bench boot --help")]
    public async Task The_help_of_commands_with_servers_needs_no_root_and_no_packages(string command)
    {
        _clone.Stub("id", "case $1 in -u) echo 1000 ;; *) echo ops ;; esac");
        _clone.Stub("sudo", "echo asked for root >&2; exit 1");
        _clone.Stub("apt-get", "echo asked for packages >&2; exit 1");

        var result = await _clone.RunAsync($"\"$infra\" {command}");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains($"Infra.Lab.dll {command}", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pre", "preview\n")]
    [InlineData("test un", "unit\n")]
    [InlineData("bench ''", "proxy\napi\n")]
    [InlineData("plan --mod", "Infra.Cli.dll complete plan --mod\n")]
    public async Task Completion_uses_the_last_build_and_never_builds(string typed, string completion)
    {
        Assert.Equal("", (await _clone.RunAsync("\"$infra\" complete plan --mod")).All);
        await _clone.RunAsync("mkdir -p \"$clone/artifacts/offline/bin/Infra.Cli/release\" "
            + "&& touch \"$clone/artifacts/offline/bin/Infra.Cli/release/Infra.Cli.dll\"");

        var result = await _clone.RunAsync($"\"$infra\" complete {typed}");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains(completion, result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_clone.Asked, asked => asked.Contains("build", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pre", "preview")]
    [InlineData("test un", "unit")]
    [InlineData("completion z", "zsh")]
    public async Task The_completion_script_of_each_shell_completes_with_it(string typed, string word)
    {
        var line = $"./infra {typed}";
        var words = line.Split(' ');
        var bash = await _clone.RunAsync(["bash", "-c", "cd \"$clone\" && source <(./infra completion bash) "
            + $"&& COMP_WORDS=({line}) && COMP_CWORD={words.Length - 1} && _infra && printf '%s\\n' \"${{COMPREPLY[@]}}\""]);
        var fish = await _clone.RunAsync(
            ["fish", "--no-config", "-c", $"cd $clone; ./infra completion fish | source; complete -C '{line}'"]);
        var zsh = await _clone.RunAsync(["zsh", "-f", "-c", Zsh, "zsh", line]);

        Assert.Equal($"{word}\n", bash.Output);
        Assert.Equal($"{word}\n", fish.Output);
        Assert.Contains($"\n{string.Join(' ', words[..^1])} {word}", zsh.Output.Replace("\r", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    // A person at a terminal: types the line and a tab, and prints what the line has become.
    private const string Zsh = """
        zmodload zsh/zpty
        zpty z 'TERM=dumb zsh -f -i'
        zpty -w z 'cd "$clone"; PS1=; autoload -Uz compinit && compinit -u -D; source <(./infra completion zsh)'
        zpty -w z 'print rea""dy'
        zpty -r -m z seen '*ready*'
        zpty -w -n z "$1"$'\t\C-aprint -r -- \n'
        zpty -w z 'print do""ne'
        zpty -r -m z seen '*done*'
        print -r -- "$seen"
        """;

    [Fact]
    public async Task With_json_an_error_of_the_script_has_the_shape_of_the_programs()
    {
        _clone.Fail("restore", "official", "error NU1301: Unable to load \"https://feed\\x\"\n");

        var result = await _clone.RunAsync("\"$infra\" plan --json");

        Assert.Equal(1, result.ExitCode);
        using var report = JsonDocument.Parse(result.Output);
        var error = Assert.Single(report.RootElement.GetProperty("mistakes").EnumerateArray().ToArray());
        Assert.Contains("is unreachable", error.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            $"{error.GetProperty("problem").GetString()}\n  fix: {error.GetProperty("fix").GetString()}",
            report.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Several_commands_at_once_build_once()
    {
        _clone.Delay("restore", 1);
        _clone.Delay("build", 1);

        var result = await _clone.RunAsync(
            "for number in 1 2 3; do \"$infra\" plan --context $number & done; wait; ls \"$clone/artifacts\"");

        Assert.Single(_clone.Asked, asked => asked.Contains("|restore", StringComparison.Ordinal));
        Assert.Single(_clone.Asked, asked => asked.Contains("|build", StringComparison.Ordinal));
        Assert.Equal(3, _clone.Asked.Count(asked => asked.Contains("Infra.Cli.dll plan", StringComparison.Ordinal)));
        Assert.DoesNotContain("building\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_was_killed_while_it_built_stops_no_other()
    {
        // No process has this number.
        var result = await _clone.RunAsync("mkdir \"$clone/artifacts\" && ln -s 99999999 \"$clone/artifacts/building\" && \"$infra\" plan");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.DoesNotContain("waiting", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("restore")]
    [InlineData("build")]
    public async Task An_interrupted_build_is_named_and_the_next_command_builds(string step)
    {
        // The terminal sends the signal to the whole group; here the build sends it.
        _clone.Stub("stop", "kill -INT \"$(ps -o ppid= -p $PPID | tr -d ' ')\"");
        var stub = Path.Combine(_clone.Bin, "dotnet");
        var whole = await File.ReadAllTextAsync(stub, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            stub, $"{whole}\n[ \"$1\" != {step} ] || {{ stop; exit 1; }}\n", TestContext.Current.CancellationToken);

        var result = await _clone.RunAsync("env --default-signal=INT \"$infra\" plan");

        Assert.Equal(130, result.ExitCode);
        Assert.Contains($"interrupted: the {step} of cli is not complete\n  fix: run it again", result.Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(stub, whole, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await _clone.RunAsync("\"$infra\" plan")).ExitCode);
        Assert.Equal(2, _clone.Asked.Count(asked => asked.Contains($"|{step}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_build_by_another_sdk_is_built_again_before_it_runs()
    {
        await _clone.RunAsync("\"$infra\" plan");
        var older = _clone.Stub("unused", "").Replace("unused", "older", StringComparison.Ordinal);
        await _clone.RunAsync($"mkdir '{older}' && printf '#!/bin/sh\\necho A compatible .NET SDK was not found.\\nexit 150\\n' "
            + $"> '{older}/dotnet' && chmod +x '{older}/dotnet'");

        var result = await _clone.RunAsync($"PATH='{older}':\"$PATH\" \"$infra\" plan");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("global.json requires 10\n  fix: install the .NET SDK 10", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_of_installed_packages_do_not_start_with_the_machine()
    {
        _clone.Stub("sudo", "while case $1 in -*) true ;; *) false ;; esac; do shift; done; exec \"$@\"");
        _clone.Stub("apt-get", "case \"$*\" in *install*) touch \"$clone/installed\" ;; esac");
        _clone.Stub("systemctl", "echo \"systemctl $*\" >> \"$clone/asked\"");
        _clone.Stub("touch", "case $1 in /etc/*) echo \"touch $1\" >> \"$clone/asked\" ;; *) exec /usr/bin/touch \"$@\" ;; esac");
        _clone.Stub("shellcheck", "exit 0");
        _clone.Stub("shfmt", "exit 0");
        _clone.Stub("dpkg-query", """
            case $* in
              *--listfiles*nginx-common) printf '/lib/systemd/system/nginx.service\n/usr/lib/systemd/system/x@.service\n/etc/nginx\n' ;;
              *--listfiles*systemd) echo /lib/systemd/system/systemd-networkd.service ;;
              *--listfiles*) ;;
              *Package*)
                echo 'installed cron'
                [ ! -e "$clone/installed" ] || printf 'installed %s\n' cloud-init nginx-common systemd
                ;;
            esac
            """);

        var result = await _clone.RunAsync("PulumiSdk=offline \"$infra\" check; cat \"$clone/asked\"");

        Assert.Contains("touch /etc/cloud/cloud-init.disabled\nsystemctl disable --quiet nginx.service\n", result.Output,
            StringComparison.Ordinal);
        Assert.Contains("to change that: sudo systemctl enable nginx.service\n", result.Errors, StringComparison.Ordinal);
    }
}
