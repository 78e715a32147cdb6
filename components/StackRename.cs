using Infra.Planning;
using Infra.Planning.Errors;

namespace Infra.Components;

/// <summary>
/// Detects a deployed stack that was renamed: <c>pulumi stack rename</c> changes resource names only in the state. Under the new name the
/// program declares other tags, so the Droplets would be without firewalls for minutes, and Volumes of another name, which are empty.
/// </summary>
internal static class StackRename
{
    /// <summary>Compares the tag that the network was created with and the tag of the stack's name.</summary>
    /// <exception cref="ConfigurationException">They differ; nothing was changed.</exception>
    public static void Check(string made, string asked)
    {
        if (string.Equals(made, asked, StringComparison.OrdinalIgnoreCase)) // the API may keep the case of an existing tag
        {
            return;
        }
        var before = made.StartsWith(Names.TagPrefix, StringComparison.OrdinalIgnoreCase) ? made[Names.TagPrefix.Length..] : made;
        var now = asked.StartsWith(Names.TagPrefix, StringComparison.OrdinalIgnoreCase) ? asked[Names.TagPrefix.Length..] : asked;
        throw new ConfigurationException(new UserError("the name of the stack", now,
            $"differs from {before}, the name that its resources were created with: tags, firewalls and Volumes depend on it. "
                + "To keep them, rename the stack back; for another name, run pulumi destroy first", $"pulumi stack rename {before}"));
    }
}
