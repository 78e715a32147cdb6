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

    /// <summary>The path of these members (text) and elements (numbers).</summary>
    public static string Of(IEnumerable<object> parts) =>
        parts.Aggregate("", (path, part) => part is int index ? Element(path, index) : Member(path, (string)part));

    /// <summary>Members (text) and elements (numbers) of a path.</summary>
    public static object[] Parse(string path) =>
        [.. Part().Matches(path).Select(part => part.Groups["index"] is { Success: true } index && int.TryParse(index.Value, out var at)
            ? (object)at
            : part.Groups["quoted"] is { Success: true } quoted ? Escape().Replace(quoted.Value, "${letter}") : part.Groups["name"].Value)];

    /// <summary>A path as a quoted shell word: brackets are patterns in some shells.</summary>
    public static string Quoted(string path) => ShellWord.Quoted(path);

    /// <summary>A key as a shell word: unquoted if it is no path.</summary>
    public static string KeyWord(string key) => PlainName().IsMatch(key) ? key : Quoted(key);

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();

    [GeneratedRegex(@"\[(?<index>[0-9]+)\]|\[""(?<quoted>(\\.|[^""\\])*)""\]|\.?(?<name>[^.\[\]]+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex(@"\\(?<letter>.)", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Escape();
}
