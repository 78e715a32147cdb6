using System.Text;
using Infra.Cli.CommandLine;
using Infra.Cli.Project;
using Infra.Stacks;
using Infra.Tests.Abuse;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>Whatever is in a stack's file ends in a plan or in messages with a fix, and never in a trace.</summary>
public sealed class ConfigFuzzTests : IDisposable
{
    private const int Sample = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-config-").FullName;

    public ConfigFuzzTests() => File.Copy(Path.Combine(StackFiles.Root, "Pulumi.yaml"), Path.Combine(_folder, "Pulumi.yaml"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task A_stack_file_that_was_changed_at_random_is_a_plan_or_one_message() => Chance.WithSeedAsync("wrong configurations", chance =>
    {
        var plans = 0;
        for (var file = 0; file < Sample; file++)
        {
            plans += Try(_folder, RandomConfigs.Next(chance)) ? 1 : 0;
        }

        // A generator that makes nothing that is right, or nothing that is wrong, would show little.
        Assert.InRange(plans, 1, Sample / 2);
        return Task.CompletedTask;
    });

    /// <summary>Whether it is a plan; fails the test where it is neither that nor messages.</summary>
    internal static bool Try(string folder, string text)
    {
        File.WriteAllText(Path.Combine(folder, "Pulumi.fuzz.yaml"), text);
        using var output = new StringWriter(new StringBuilder());
        var status = Failure.GuardAsync(new Terminal(output, output, interactive: false), json: false, () =>
        {
            var configuration = PulumiProject.Find(folder).Configuration("fuzz", "preview");
            _ = InferenceProgram.Read(configuration.Values, configuration.SecretKeys, folder);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
        var message = output.ToString();
        Assert.True(status is 0 or 1, $"{text}\n{status}: {message}");
        Assert.True(
            status == 0 || (message.Contains("\n  fix: ", StringComparison.Ordinal)
                && !message.Any(letter => char.IsControl(letter) && letter is not '\n')),
            $"{text}\n{message}");
        return status == 0;
    }
}
