using System.Globalization;
using System.Text;

namespace Infra.Cli.Project;

/// <summary>Anchors, aliases, tags and directives, by the rules of the CLI's parser (gopkg.in/yaml.v3, scannerc.go).</summary>
internal static class YamlProperties
{
    private const int MostVersionDigits = 2;

    public static YamlToken Anchor(YamlCursor cursor, YamlTokenKind kind)
    {
        var token = cursor.Token(kind);
        cursor.Skip();
        var name = Word(cursor);
        return name.Length > 0 && (cursor.IsBlankOrEnd() || "?:,]}%@`".Contains(cursor.Current, StringComparison.Ordinal))
            ? token with { Text = name }
            : throw token.Fault($"the name behind '{(kind == YamlTokenKind.Alias ? '*' : '&')}' has letters, digits, '-' and '_'");
    }

    public static YamlToken Tag(YamlCursor cursor)
    {
        var token = cursor.Token(YamlTokenKind.Tag);
        if (cursor.Peek(1) == '<')
        {
            cursor.Skip(2);
            token = token with { Rest = Uri(cursor, token, "", isEmptyFine: false) };
            if (cursor.Current != '>')
            {
                throw token.Fault("there is no '>' behind a tag");
            }

            cursor.Skip();
        }
        else
        {
            var handle = Handle(cursor);
            token = handle is ['!', .., '!']
                ? token with { Text = handle, Rest = Uri(cursor, token, "", isEmptyFine: false) }
                : Uri(cursor, token, handle[1..], isEmptyFine: true) is { Length: > 0 } name ? token with { Text = "!", Rest = name }
                : token with { Rest = "!" };
        }

        return cursor.IsBlankOrEnd() ? token
            : throw token.Fault("there is no space behind a tag; put a value that begins with '!' in quotes");
    }

    public static YamlToken Directive(YamlCursor cursor)
    {
        var token = cursor.Token(YamlTokenKind.VersionDirective);
        cursor.Skip();
        var name = Word(cursor);
        token = !cursor.IsBlankOrEnd() ? throw Wrong(token)
            : name switch
            {
                "YAML" => Version(cursor, token),
                "TAG" => TagDirective(cursor, token with { Kind = YamlTokenKind.TagDirective }),
                _ => throw Wrong(token),
            };
        if (!cursor.TakeRestOfLine())
        {
            throw Wrong(token);
        }

        return token;
    }

    private static YamlToken Version(YamlCursor cursor, YamlToken token)
    {
        cursor.SkipBlanks();
        var major = Number(cursor, token);
        if (cursor.Current != '.')
        {
            throw Wrong(token);
        }

        cursor.Skip();
        return token with { Text = $"{major}.{Number(cursor, token)}" };
    }

    private static string Number(YamlCursor cursor, YamlToken token)
    {
        var digits = new StringBuilder();
        while (char.IsAsciiDigit(cursor.Current))
        {
            cursor.Read(digits);
        }

        return digits.Length is > 0 and <= MostVersionDigits
            ? int.Parse(digits.ToString(), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : throw Wrong(token);
    }

    private static YamlToken TagDirective(YamlCursor cursor, YamlToken token)
    {
        cursor.SkipBlanks();
        var handle = cursor.Current == '!' ? Handle(cursor) : throw Wrong(token);
        if (handle is not ("!" or ['!', .., '!']) || !cursor.IsBlank())
        {
            throw Wrong(token);
        }

        cursor.SkipBlanks();
        token = token with { Text = handle, Rest = Uri(cursor, token, "", isEmptyFine: false) };
        return cursor.IsBlankOrEnd() ? token : throw Wrong(token);
    }

    private static YamlFault Wrong(YamlToken directive) =>
        directive.Fault("is a line with '%' that is no directive; put a value that begins with '%' in quotes");

    private static string Word(YamlCursor cursor)
    {
        var word = new StringBuilder();
        while (IsWord(cursor.Current))
        {
            cursor.Read(word);
        }

        return word.ToString();
    }

    private static bool IsWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';

    // '!', '!name!', or '!name': the begin of a tag without a handle.
    private static string Handle(YamlCursor cursor)
    {
        cursor.Skip();
        var name = Word(cursor);
        if (cursor.Current != '!')
        {
            return $"!{name}";
        }

        cursor.Skip();
        return $"!{name}!";
    }

    private static string Uri(YamlCursor cursor, YamlToken tag, string begin, bool isEmptyFine)
    {
        var uri = new StringBuilder(begin);
        while (IsWord(cursor.Current) || ";/?:@&=+$,.!~*'()[]%".Contains(cursor.Current, StringComparison.Ordinal))
        {
            if (cursor.Current == '%')
            {
                uri.Append(Escape(cursor, tag));
            }
            else
            {
                cursor.Read(uri);
            }
        }

        return uri.Length > 0 || isEmptyFine ? uri.ToString() : throw tag.Fault("there is no name in a tag");
    }

    /// <summary>The octets of one character: <c>%C3%A9</c>.</summary>
    private static string Escape(YamlCursor cursor, YamlToken tag)
    {
        var octets = new List<byte>();
        do
        {
            if (cursor.Current != '%' || !char.IsAsciiHexDigit(cursor.Peek(1)) || !char.IsAsciiHexDigit(cursor.Peek(2)))
            {
                throw tag.Fault("has a '%' that is no escape in a tag");
            }

            octets.Add(Convert.ToByte($"{cursor.Peek(1)}{cursor.Peek(2)}", 16));
            cursor.Skip(3);
        }
        while (octets.Count < (octets[0] switch { >= 0xf0 => 4, >= 0xe0 => 3, >= 0xc0 => 2, _ => 1 }));

        return Encoding.UTF8.GetString([.. octets]) is var text && !text.Contains('\ufffd', StringComparison.Ordinal) ? text
            : throw tag.Fault("has an escape in a tag that is no UTF-8");
    }
}
