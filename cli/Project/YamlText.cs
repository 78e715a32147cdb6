using System.Buffers;
using System.Text;

namespace Infra.Cli.Project;

/// <summary>
/// Bytes as text, by the rules of the CLI's YAML parser (gopkg.in/yaml.v3, readerc.go): UTF-8, or UTF-16 with a byte order mark, and no
/// control characters.
/// </summary>
internal static class YamlText
{
    // #x9 | #xA | #xD | [#x20-#x7E] | #x85 | [#xA0-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
    private static readonly SearchValues<char> s_refused = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Select(code => (char)code).Except(['\t', '\n', '\r']), '\u007f',
        .. Enumerable.Range(0x80, 0x20).Select(code => (char)code).Except(['\u0085']), '\ufffe', '\uffff',
    ]);

    /// <exception cref="YamlFault">The bytes are no text, or have a control character.</exception>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = bytes switch
        {
            [0xff, 0xfe, .. var utf16] => Decode(utf16, Utf16(bigEndian: false), "UTF-16"),
            [0xfe, 0xff, .. var utf16] => Decode(utf16, Utf16(bigEndian: true), "UTF-16"),
            [0xef, 0xbb, 0xbf, .. var utf8] => Decode(utf8, new UTF8Encoding(false, throwOnInvalidBytes: true), "UTF-8"),
            _ => Decode(bytes, new UTF8Encoding(false, throwOnInvalidBytes: true), "UTF-8"),
        };
        return text.AsSpan().IndexOfAny(s_refused) is >= 0 and var at
            ? throw new YamlFault(Line(text.AsSpan(0, at)), text[at] == '\0' ? "has bytes that are not UTF-8; save the file as UTF-8"
                : $"has the control character U+{(int)text[at]:X4}, which YAML does not allow")
            : text;
    }

    /// <summary>Whether it looks like a space and is none to YAML: a no-break space of a text processor, a zero-width space.</summary>
    public static bool IsOddSpace(char letter) =>
        letter is not (' ' or '\t' or '\n' or '\r') && (char.IsWhiteSpace(letter) || letter is '\u200b' or '\u2060' or '\ufeff');

    /// <summary>A line, from 0.</summary>
    public static string LineAt(string text, int line) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\r', '\n', '\u0085', '\u2028', '\u2029').ElementAtOrDefault(line) ?? "";

    /// <summary>The rest of a sentence on a line without <c>': '</c>: what is in its place, if that can be seen.</summary>
    public static string WhyNoKey(string line) =>
        line.Any(IsOddSpace) ? "; the line has a no-break space, which is no space to YAML"
        : line.Contains(':', StringComparison.Ordinal) ? "; a space belongs behind the ':'"
        : line.Contains('=', StringComparison.Ordinal) ? "; write ': ' instead of '='"
        : "";

    private static UnicodeEncoding Utf16(bool bigEndian) => new(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true);

    private static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding, string name)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException problem)
        {
            var before = bytes[..Math.Clamp(problem.Index, 0, bytes.Length)];
            throw new YamlFault(before.Count((byte)'\n') + 1, $"has bytes that are not {name}; save the file as UTF-8");
        }
    }

    private static int Line(ReadOnlySpan<char> before) => before.Count('\n') + 1;
}
