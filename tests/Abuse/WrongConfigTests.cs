using Infra.Tests.Deployments;
using Infra.Tests.Lab;
using Infra.Tests.Unit.Config;

namespace Infra.Tests.Abuse;

/// <summary>Wrong stack files without end: each is a plan that can be previewed, or messages with a fix.</summary>
public sealed class WrongConfigTests : IDisposable
{
    private const int Inputs = 100_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-config-").FullName;

    public WrongConfigTests() => File.Copy(Path.Combine(StackFiles.Root, "Pulumi.yaml"), Path.Combine(_folder, "Pulumi.yaml"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task A_hundred_thousand_inputs_are_plans_or_messages() => Chance.WithSeedAsync("a hundred thousand inputs", chance =>
    {
        var catalogs = new RandomCatalogs(chance);
        var end = DateTime.UtcNow + Chance.Duration;
        var done = 0;
        for (; done < Inputs && DateTime.UtcNow < end; done++)
        {
            ConfigFuzzTests.TryAny(_folder, chance, catalogs);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{done} inputs");
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_stack_file_at_random_is_previewed_or_refused_in_one_message() =>
        Chance.WithSeedAsync("configurations without end", async chance =>
    {
        var end = DateTime.UtcNow + (Chance.Duration / 6);
        while (DateTime.UtcNow < end)
        {
            if (ConfigFuzzTests.Try(_folder, RandomConfigs.Next(chance)))
            {
                using var preview = new SurvivesCommand(_folder, ["preview", "fuzz"], []);
                Assert.True(
                    await preview.EndAsync() is 0 or 1 && !preview.Output.Contains("Internal error", StringComparison.Ordinal),
                    preview.Output);
            }
        }
    });
}
