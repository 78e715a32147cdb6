using System.Collections;

namespace Infra.Tests.Deployments;

/// <summary>Finds secrets by their text, wherever they are nested.</summary>
internal static class Leaks
{
    /// <summary>Paths of all text that holds a secret.</summary>
    public static IEnumerable<(string Path, string Text)> In(object? value, string path = "")
    {
        switch (value)
        {
            case string text:
                return text.Contains(StrictMocks.Secret,
                    StringComparison.Ordinal) || Decoded(text).Contains(StrictMocks.Secret, StringComparison.Ordinal) ? [(path, text)] : [];
            case IEnumerable<KeyValuePair<string, object>> map:
                return map.SelectMany(entry => In(entry.Value, path.Length == 0 ? entry.Key : $"{path}.{entry.Key}"));
            case IEnumerable list:
                return list.Cast<object?>().SelectMany((item, index) => In(item, $"{path}[{index}]"));
            default:
                return [];
        }
    }

    // A secret in base64 is a secret.
    private static string Decoded(string text) =>
        string.Concat(text.Split([' ', '\n', '"', ','], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length is >= 8 and < 4096)
            .Select(word =>
            {
                var bytes = new byte[word.Length];
                return Convert.TryFromBase64String(word, bytes, out var length)
                    ? System.Text.Encoding.UTF8.GetString(bytes, 0, length)
                    : "";
            }));
}
