using System.Globalization;
using System.Text;

namespace Infra.Cli.Project;

/// <summary>Scalars of a YAML file, by the rules of the CLI's parser (gopkg.in/yaml.v3, scannerc.go).</summary>
internal static class YamlScalars
{
    /// <summary>A scalar after <c>|</c> or <c>></c>.</summary>
    /// <param name="cursor">The position, at that character.</param>
    /// <param name="parent">Indentation of the block that it is in; -1: it is the whole document.</param>
    public static YamlToken Block(YamlCursor cursor, int parent)
    {
        var token = cursor.Token(YamlTokenKind.Scalar);
        var isLiteral = cursor.Current == '|';
        cursor.Skip();
        var (chomping, increment) = BlockHeader(cursor, token);
        var indent = increment == 0 ? 0 : Math.Max(parent, 0) + increment;
        var (value, lineBreak, moreBreaks) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        BlockBreaks(cursor, token, parent, ref indent, moreBreaks);
        for (var wasBlank = false; cursor.Column == indent && !cursor.IsEnd;)
        {
            var isBlank = cursor.IsBlank();
            if (!isLiteral && !wasBlank && !isBlank && lineBreak is { Length: > 0 } && lineBreak[0] == '\n')
            {
                value.Append(moreBreaks.Length == 0 ? " " : "");
            }
            else
            {
                value.Append(lineBreak);
            }

            value.Append(moreBreaks);
            lineBreak.Clear();
            moreBreaks.Clear();
            wasBlank = isBlank;
            while (!cursor.IsBreakOrEnd())
            {
                cursor.Read(value);
            }

            cursor.ReadBreak(lineBreak);
            BlockBreaks(cursor, token, parent, ref indent, moreBreaks);
        }

        value.Append(chomping == '-' ? null : lineBreak).Append(chomping == '+' ? moreBreaks : null);
        return token with { Text = value.ToString(), Quoted = true };
    }

    private static (char Chomping, int Increment) BlockHeader(YamlCursor cursor, YamlToken token)
    {
        var (chomping, increment) = (' ', 0);
        // Each once, in any order.
        for (var left = 2; left > 0; left--)
        {
            if (chomping == ' ' && cursor.Current is '+' or '-')
            {
                chomping = cursor.Current;
                cursor.Skip();
            }
            else if (increment == 0 && char.IsAsciiDigit(cursor.Current))
            {
                increment = cursor.Current == '0' ? throw Wrong(token) : cursor.Current - '0';
                cursor.Skip();
            }
        }

        if (!cursor.TakeRestOfLine())
        {
            throw Wrong(token);
        }

        return (chomping, increment);
    }

    private static YamlFault Wrong(YamlToken token) =>
        token.Fault("there is text behind '|' or '>', which begins a text of several lines; put the value in quotes");

    /// <summary>Indentation and empty lines; the first ones decide the indentation, if it is 0.</summary>
    private static void BlockBreaks(YamlCursor cursor, YamlToken token, int parent, ref int indent, StringBuilder breaks)
    {
        var deepest = 0;
        while (true)
        {
            while ((indent == 0 || cursor.Column < indent) && cursor.Current == ' ')
            {
                cursor.Skip();
            }

            deepest = Math.Max(deepest, cursor.Column);
            if ((indent == 0 || cursor.Column < indent) && cursor.Current == '\t')
            {
                throw token.Fault("a text of several lines is indented with a tab; YAML allows only spaces");
            }

            if (!cursor.IsBreak())
            {
                break;
            }

            cursor.ReadBreak(breaks);
        }

        indent = indent == 0 ? Math.Max(Math.Max(deepest, parent + 1), 1) : indent;
    }

    /// <summary>A scalar in quotes.</summary>
    public static YamlToken Quoted(YamlCursor cursor)
    {
        var token = cursor.Token(YamlTokenKind.Scalar);
        var quote = cursor.Current;
        cursor.Skip();
        var value = new StringBuilder();
        while (true)
        {
            if (cursor.IsEnd || cursor.IsDocumentMark('-') || cursor.IsDocumentMark('.'))
            {
                throw token.Fault($"the quote {quote} is not closed");
            }

            var isContinued = false;
            while (!isContinued && !cursor.IsBlankOrEnd() && (cursor.Current != quote || (quote == '\'' && cursor.Peek(1) == quote)))
            {
                if (cursor.Current == quote)
                {
                    value.Append(quote);
                    cursor.Skip(2);
                }
                else if (quote == '"' && cursor.Current == '\\')
                {
                    isContinued = Escape(cursor, value);
                }
                else
                {
                    cursor.Read(value);
                }
            }

            if (cursor.Current == quote)
            {
                cursor.Skip();
                return token with { Text = value.ToString(), Quoted = true };
            }

            var gap = new Gap(isContinued);
            gap.Read(cursor);
            gap.Fold(value);
        }
    }

    /// <summary>An escape of a character; true if it is one of a line break.</summary>
    private static bool Escape(YamlCursor cursor, StringBuilder value)
    {
        var (token, letter) = (cursor.Token(YamlTokenKind.Scalar), cursor.Peek(1));
        if (cursor.IsBreak(1))
        {
            cursor.Skip();
            cursor.ReadBreak();
            return true;
        }

        var length = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (length == 0)
        {
            value.Append(letter switch
            {
                '0' => '\0',
                'a' => '\a',
                'b' => '\b',
                't' or '\t' => '\t',
                'n' => '\n',
                'v' => '\v',
                'f' => '\f',
                'r' => '\r',
                'e' => '\u001b',
                ' ' or '"' or '\'' or '\\' => letter,
                'N' => '\u0085',
                '_' => '\u00a0',
                'L' => '\u2028',
                'P' => '\u2029',
                _ => throw token.Fault(
                    $"there is no escape '\\{letter}' in double quotes; write \\\\ for a backslash, or use single quotes"),
            });
            cursor.Skip(2);
            return false;
        }

        var digits = string.Concat(Enumerable.Range(2, length).Select(cursor.Peek));
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
        {
            throw token.Fault($"the escape '\\{letter}' has {length} hexadecimal digits of a character");
        }

        value.Append(new Rune(code).ToString());
        cursor.Skip(2 + length);
        return false;
    }

    /// <summary>A scalar without quotes.</summary>
    /// <param name="cursor">The position.</param>
    /// <param name="parent">Indentation of the block that it is in.</param>
    /// <param name="inFlow">Whether it is in brackets or braces.</param>
    /// <param name="endsLine">Whether it ended with a line break.</param>
    public static YamlToken Plain(YamlCursor cursor, int parent, bool inFlow, out bool endsLine)
    {
        var token = cursor.Token(YamlTokenKind.Scalar);
        var value = new StringBuilder();
        var gap = new Gap(false);
        while (!cursor.IsDocumentMark('-') && !cursor.IsDocumentMark('.') && cursor.Current != '#')
        {
            while (!cursor.IsBlankOrEnd() && !(cursor.Current == ':' && cursor.IsBlankOrEnd(1))
                && !(inFlow && cursor.Current is ',' or '?' or '[' or ']' or '{' or '}'))
            {
                gap.Fold(value);
                cursor.Read(value);
            }

            if (!cursor.IsBlank() && !cursor.IsBreak())
            {
                break;
            }

            gap.Read(cursor, parent + 1, token);
            if (!inFlow && cursor.Column <= parent)
            {
                break;
            }
        }

        endsLine = gap.HasBreak;
        return token with { Text = value.ToString() };
    }

    /// <summary>Blanks and line breaks in a scalar: one line break is a space, more are one less.</summary>
    /// <param name="hasBreak">Whether a line break before it was escaped.</param>
    private sealed class Gap(bool hasBreak)
    {
        private readonly StringBuilder _blanks = new();
        private readonly StringBuilder _first = new();
        private readonly StringBuilder _more = new();

        public bool HasBreak { get; private set; } = hasBreak;

        public void Read(YamlCursor cursor, int indent = 0, YamlToken token = default)
        {
            while (cursor.IsBlank() || cursor.IsBreak())
            {
                if (cursor.IsBreak())
                {
                    _blanks.Clear();
                    cursor.ReadBreak(HasBreak ? _more : _first);
                    HasBreak = true;
                }
                else if (!HasBreak)
                {
                    cursor.Read(_blanks);
                }
                else if (cursor.Current == '\t' && cursor.Column < indent)
                {
                    throw token.Fault("a value of several lines is indented with a tab; YAML allows only spaces");
                }
                else
                {
                    cursor.Skip();
                }
            }
        }

        public void Fold(StringBuilder value)
        {
            if (!HasBreak)
            {
                value.Append(_blanks);
            }
            else if (_first is { Length: > 0 } && _first[0] == '\n')
            {
                value.Append(_more.Length == 0 ? " " : "").Append(_more);
            }
            else
            {
                value.Append(_first).Append(_more);
            }

            _blanks.Clear();
            _first.Clear();
            _more.Clear();
            HasBreak = false;
        }
    }
}
