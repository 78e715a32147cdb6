using System.Text;
using Infra.Cli.CommandLine;
using Infra.Cli.Project;
using Infra.Stacks;
using Infra.Tests.Abuse;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>
/// Whatever is in a stack's file, the project's file or a catalog ends in a plan or in messages with a fix, and never in a trace; soon,
/// and in little memory.
/// </summary>
public sealed class ConfigFuzzTests : IDisposable
{
    private const int Sample = 200;

    /// <summary>Most bytes that one input may allocate, in all.</summary>
    private const long MostBytes = 1L << 30;

    /// <summary>Longest time of one input, at best of three: the first one also compiles.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    private static readonly string[] s_stacks = ["fuzz", "fuzz", "fuzz", "Fuzz", "f.uzz", new('f', 31), new('f', 32)];

    /// <summary>Half of an emoji, which is no UTF-8, is another character instead of an exception.</summary>
    private static readonly UTF8Encoding s_bytes = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-config-").FullName;

    public ConfigFuzzTests() => File.Copy(Path.Combine(StackFiles.Root, "Pulumi.yaml"), Path.Combine(_folder, "Pulumi.yaml"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The binder of settings splits names at a colon, so that no such name may reach it.</summary>
    [Theory]
    [InlineData("""{"inference:readyTimeoutMinutes": {"model": "x/y"}, "clientTags": [], "b": {"model": "x/y"}, "c": {"model": "x/y"}}""")]
    [InlineData("""{"a:model": {}, "replicas": 2}""")]
    public void A_name_with_a_colon_next_to_a_setting_without_an_endpoint_is_a_message(string endpoints) =>
        Assert.False(Try(_folder, $"config: {{region: tor1, adminCidrs: [203.0.113.7/32], endpoints: {endpoints}}}"));

    [Fact]
    public Task A_stack_file_that_was_changed_at_random_is_a_plan_or_one_message() =>
        SampledAsync("wrong configurations", RandomConfigs.Next, _ => "fuzz");

    [Fact]
    public Task A_stack_file_of_random_yaml_is_a_plan_or_one_message() =>
        SampledAsync("random yaml", chance => new RandomYaml(chance).Next(), chance => s_stacks[chance.Next(s_stacks.Length)]);

    [Fact]
    public Task A_random_catalog_is_a_plan_or_one_message() => Chance.WithSeedAsync("random catalogs", chance =>
    {
        var catalogs = new RandomCatalogs(chance);
        var plans = Enumerable.Range(0, Sample).Count(_ => TryCatalog(_folder, catalogs.Next()));
        Assert.InRange(plans, 1, Sample / 2);
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_project_file_that_was_changed_at_random_is_a_plan_or_one_message() => Chance.WithSeedAsync("random projects", chance =>
    {
        var plans = Enumerable.Range(0, Sample).Count(_ => TryProject(_folder, RandomProjects.Next(chance)));
        Assert.InRange(plans, 1, Sample * 3 / 4);
        return Task.CompletedTask;
    });

    /// <summary>One input of any kind.</summary>
    internal static bool TryAny(string folder, Random chance, RandomCatalogs catalogs) => chance.Next(4) switch
    {
        3 => TryProject(folder, RandomProjects.Next(chance)),
        0 => Try(folder, RandomConfigs.Next(chance)),
        1 => Try(folder, new RandomYaml(chance).Next(), s_stacks[chance.Next(s_stacks.Length)]),
        _ => TryCatalog(folder, catalogs.Next()),
    };

    private Task SampledAsync(string what, Func<Random, string> next, Func<Random, string> stack) => Chance.WithSeedAsync(what, chance =>
    {
        var plans = Enumerable.Range(0, Sample).Count(_ => Try(_folder, next(chance), stack(chance)));
        // A generator that makes nothing that is right, or nothing that is wrong, would show little.
        Assert.InRange(plans, 1, Sample / 2);
        return Task.CompletedTask;
    });

    private static bool TryProject(string folder, string project)
    {
        var file = Path.Combine(folder, "Pulumi.yaml");
        var right = File.ReadAllText(file);
        File.WriteAllText(file, project, s_bytes);
        var isPlan = Try(folder, """
            config:
              region: tor1
              adminCidrs: [203.0.113.7/32]
              endpoints: {chat: {model: mistralai/Ministral-3-3B-Instruct-2512}}
            """, also: project);
        File.WriteAllText(file, right);
        return isPlan;
    }

    private static bool TryCatalog(string folder, string catalog)
    {
        File.WriteAllText(Path.Combine(folder, "fuzz.json"), catalog, s_bytes);
        return Try(folder, """
            config:
              region: tor1
              adminCidrs: [203.0.113.7/32]
              catalog: fuzz.json
              endpoints: {chat: {model: mistralai/Ministral-3-3B-Instruct-2512}}
            """, also: catalog);
    }

    /// <summary>Whether it is a plan; fails the test where it is neither that nor messages.</summary>
    internal static bool Try(string folder, string text, string stack = "fuzz", string also = "")
    {
        var file = Path.Combine(folder, $"Pulumi.{stack}.yaml");
        File.WriteAllText(file, text, s_bytes);
        var (status, message, time, bytes) = Run(folder, stack);
        for (var again = 0; again < 2 && time > s_longest; again++)
        {
            time = Run(folder, stack).Time;
        }

        File.Delete(file);
        Assert.True(status is 0 or 1, $"{text}\n{also}\n{status}: {message}");
        Assert.True(
            status == 0 || (message.Contains("\n  fix: ", StringComparison.Ordinal)
                && !message.Any(letter => char.IsControl(letter) && letter is not '\n')),
            $"{text}\n{also}\n{message}");
        Assert.True(time < s_longest && bytes < MostBytes, $"{text}\n{also}\n{time}, {bytes} bytes");
        return status == 0;
    }

    private static (int Status, string Message, TimeSpan Time, long Bytes) Run(string folder, string stack)
    {
        using var output = new StringWriter(new StringBuilder());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadTime.Now;
        var status = Failure.GuardAsync(new Terminal(output, output, interactive: false), json: false, () =>
        {
            var configuration = PulumiProject.Find(folder).Configuration(stack, "preview");
            _ = InferenceProgram.Read(configuration.Values, configuration.SecretKeys, folder, stack);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
        return (status, output.ToString(), ThreadTime.Now - start, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
