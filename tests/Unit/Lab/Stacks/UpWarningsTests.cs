using Infra.Cli.Project;
using Infra.Lab.Stacks;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Lab.Stacks;

/// <summary>What a stack's file hides from a plan without the CLI is printed before the lab changes anything.</summary>
[Collection(SerialDeployments.Name)]
public sealed class UpWarningsTests : IDisposable
{
    private static readonly string[] s_variables = ["PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS"];

    private readonly string _cache = Directory.CreateTempSubdirectory("infra-up-").FullName;
    private readonly string?[] _before = [.. s_variables.Select(Environment.GetEnvironmentVariable)];

    public void Dispose()
    {
        foreach (var (index, name) in s_variables.Index())
        {
            Environment.SetEnvironmentVariable(name, _before[index]);
        }
        Directory.Delete(_cache, recursive: true);
    }

    [Fact]
    public async Task Up_prints_them_first()
    {
        var file = PulumiProject.Find(StackFiles.Root).Configuration("local") with { HasMoreDocuments = true, Ignored = ["services"] };
        var stack = LabStack.Of(StackFiles.Root, file, _cache);
        var printed = new List<string>();

        // The second line ends the run.
        await Assert.ThrowsAsync<TimeoutException>(() => stack.UpAsync(new()
        {
            Print = line =>
            {
                printed.Add(line);
                _ = printed.Count == 2 ? throw new TimeoutException() : 0;
            },
        }, TestContext.Current.CancellationToken));

        Assert.StartsWith("warning: Pulumi.local.yaml has several documents", printed[0], StringComparison.Ordinal);
        Assert.EndsWith("below config: services", printed[1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(stack.Folder.Cloud));
    }
}
