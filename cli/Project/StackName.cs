using System.Text.RegularExpressions;

namespace Infra.Cli.Project;

/// <summary>The stack that an argument means: its name, or the file of its configuration.</summary>
internal static partial class StackName
{
    /// <param name="typed"><c>dev</c>, <c>dev.yaml</c>, <c>Pulumi.dev.yaml</c> or <c>./Pulumi.dev.yaml</c>.</param>
    /// <returns><c>dev</c>. A path to another folder stays as typed, because only the files of the project are read.</returns>
    public static string Of(string typed) => File().Match(typed) is { Success: true } file ? file.Groups["stack"].Value : typed;

    [GeneratedRegex(@"^(\./)?(Pulumi\.)?(?<stack>[^/\\]+)\.ya?ml$", RegexOptions.CultureInvariant)]
    private static partial Regex File();
}
