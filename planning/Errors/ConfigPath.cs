using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Planning.Errors;

/// <summary>
/// Path of a setting as in <c>pulumi config set --path</c>: <c>endpoints.chat.clients[0]</c>, <c>endpoints["my.model"]</c>.
/// </summary>
internal static partial class ConfigPath
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

    /// <summary>A path as a quoted shell word: brackets are patterns in some shells.</summary>
    public static string Quoted(string path) => ShellWord.Quoted(path);

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();
}
