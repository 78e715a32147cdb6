using Infra.Planning;
using Infra.Planning.Errors;

namespace Infra.Components;

/// <summary>
/// A stack that is up and was renamed: <c>pulumi stack rename</c> changes the names of its resources in the state alone. Under the new name
/// the program asks for other tags, so the Droplets would be without their firewalls for minutes, and for Volumes of another name, which
/// are empty.
/// </summary>
internal static class StackRename
{
    /// <summary>The tag that the network was made with, where it is the one that is asked for.</summary>
    /// <exception cref="ConfigurationException">It is another one: nothing was changed.</exception>
    public static string Refuse(string made, string asked)
    {
        if (string.Equals(made, asked, StringComparison.OrdinalIgnoreCase)) // the API may keep the letters of a tag that was there before
        {
            return made;
        }
        var before = made.StartsWith(Names.TagPrefix, StringComparison.OrdinalIgnoreCase) ? made[Names.TagPrefix.Length..] : made;
        var now = asked.StartsWith(Names.TagPrefix, StringComparison.OrdinalIgnoreCase) ? asked[Names.TagPrefix.Length..] : asked;
        throw new ConfigurationException(new ConfigurationMistake("the name of the stack", now,
            $"is not the one that its resources were created under, {before}: tags, firewalls and Volumes go by it. To keep them, rename the stack back; "
            + "for another name, run pulumi destroy first", $"pulumi stack rename {before}"));
    }
}
