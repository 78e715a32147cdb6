using System.Runtime.CompilerServices;

namespace Infra.Tests.Node;

/// <summary>
/// The parts of a clone that <c>./infra</c> reads, with a stub of <c>dotnet</c> that records its arguments and fails on request.
/// </summary>
internal sealed class InfraClone : IDisposable
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    private static readonly string s_project = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    private static readonly string[] s_files =
    [
        "infra", "CHANGELOG.md", "global.json", "Directory.Packages.props", "Directory.Build.props", "Directory.Build.targets",
        "lab/packages.txt", "tests/Node/packages.txt", "tests/Lab/packages.txt",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-clone-").FullName;

    public InfraClone()
    {
        Root = Directory.CreateDirectory(Path.Combine(_folder, "a clone with spaces")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(s_project, "cli", "shell"))
            .Concat(Directory.GetFiles(Path.Combine(s_project, "cli", "completion")))
            .Concat(s_files.Select(name => Path.Combine(s_project, name))))
        {
            var copy = Path.Combine(Root, Path.GetRelativePath(s_project, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        foreach (var name in new[] { "planning", "node", "components", "stacks", "cli", "offline", "tests" })
        {
            Directory.CreateDirectory(Path.Combine(Root, name));
        }

        Stub("dotnet", $$"""
            echo "${PulumiSdk-}|$*" >> '{{Log}}'
            if [ -f '{{_folder}}/seconds.'"$1" ]; then
              sleep "$(cat '{{_folder}}/seconds.'"$1")"
            fi
            failure='{{_folder}}'/fail.$1.${PulumiSdk-}
            if [ -f "$failure" ]; then
              cat "$failure"
              exit 1
            fi
            case $1 in
              build)
                tests=artifacts/$PulumiSdk/bin/Infra.Tests/release
                mkdir -p "$tests"
                printf '#!/bin/sh\necho "  total: 4"; echo "  failed: 1"; echo "  succeeded: 3"\nexit 2\n' > "$tests/Infra.Tests"
                chmod +x "$tests/Infra.Tests"
                ;;
              *.dll) echo "in $PWD: $*" ;;
            esac
            """);
    }

    public string Root { get; }

    public string Script => Path.Combine(Root, "infra");

    public string Memory => Path.Combine(Root, "artifacts", "pulumi-sdk");

    public string Bin => Path.Combine(_folder, "bin");

    private string Log => Path.Combine(_folder, "log");

    /// <summary>Calls of <c>dotnet</c> with the chosen SDK: <c>official|restore ...</c>.</summary>
    public IReadOnlyList<string> Asked => File.Exists(Log) ? File.ReadAllLines(Log) : [];

    public void Forget() => File.Delete(Log);

    /// <summary>From now on this command of <c>dotnet</c> prints this and fails.</summary>
    public void Fail(string command, string sdk, string output) =>
        File.WriteAllText(Path.Combine(_folder, $"fail.{command}.{sdk}"), output);

    /// <summary>From now on, this <c>dotnet</c> command takes that long.</summary>
    public void Delay(string command, int seconds) => File.WriteAllText(Path.Combine(_folder, $"seconds.{command}"), $"{seconds}");

    public string Stub(string name, string body)
    {
        var file = Path.Combine(Directory.CreateDirectory(Bin).FullName, name);
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(file, Executable);
        return file;
    }

    /// <summary>Runs a shell command with the stubs first on PATH; <c>$infra</c> is the script, <c>$clone</c> its folder.</summary>
    public Task<ToolResult> RunAsync(string command, params (string Name, string Value)[] environment) =>
        RunAsync(["sh", "-c", command], environment);

    public Task<ToolResult> RunAsync(IReadOnlyList<string> words, params (string Name, string Value)[] environment)
    {
        var all = new Dictionary<string, string>
        {
            ["PATH"] = $"{Bin}:{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin",
            ["HOME"] = _folder,
            ["PulumiSdk"] = "",
            ["INFRA_CACHE"] = Path.Combine(_folder, "cache"),
            ["infra"] = Script,
            ["clone"] = Root,
        };
        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        return Tool.RunAsync(words[0], words.Skip(1), null, all);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
