using Infra.Lab.Provider;

namespace Infra.Lab.Stacks;

/// <summary>The failures of a start: a message each, without a stack trace.</summary>
internal sealed class DeploymentFailure(IReadOnlyList<ResourceFailure> failures) : Exception(string.Join("\n", failures.Select(Text)))
{
    private static string Text(ResourceFailure failure) =>
        $"{failure.Type[(failure.Type.LastIndexOf(':') + 1)..]} {failure.Name}: "
            + $"{failure.Operation.ToString().ToLowerInvariant()} failed\n{Indented(failure.Message)}\n"
        + "  fix: see above, then run ./infra up again; existing resources are kept";

    private static string Indented(string text) => string.Join('\n', text.Trim().Split('\n').Select(line => $"  {line}"));
}
