namespace Infra.Tests.Node;

/// <summary>How a script of the node refuses: a cause, a next step, and nothing that a machine would print.</summary>
internal static class Refusal
{
    /// <summary>Holds that a script ended with one cause and one next step.</summary>
    internal static void Holds(ToolResult result)
    {
        Assert.True(result.ExitCode == 1, result.All);
        Assert.DoesNotContain("Traceback", result.All, StringComparison.Ordinal);
        var lines = result.Errors.Split('\n');
        Assert.Single(lines, line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("next: ", StringComparison.Ordinal));
    }
}
