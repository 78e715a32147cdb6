using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Planning.Errors;

/// <summary>Path of a setting as <c>pulumi config set --path</c> spells it: <c>endpoints.chat.clients[0]</c>, <c>endpoints["my.model"]</c>.</summary>
internal static partial class SettingPath
{
    public static string Member(string path, string name)
    {
        if (!PlainName().IsMatch(name))
        {
            return $"{path}[\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"]";
        }
        return path.Length == 0 ? name : $"{path}.{name}";
    }

    public static string Element(string path, int index) => $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]";

    /// <summary>A path as a word of a shell command, always in quotes: brackets are patterns to some shells.</summary>
    public static string Quoted(string path) => ShellWord.Quoted(path);

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();
}
