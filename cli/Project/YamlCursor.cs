using System.Text;

namespace Infra.Cli.Project;

/// <summary>A position in a YAML file, counted as the CLI's parser does (gopkg.in/yaml.v3, scannerc.go): in code points.</summary>
/// <param name="text">The file, without NUL: that is what follows its end.</param>
internal sealed class YamlCursor(string text)
{
    private int _at;

    /// <summary>Code points before the position.</summary>
    public int Index { get; private set; }

    public int Line { get; private set; }

    public int Column { get; private set; }

    /// <summary>Line breaks since the last character that is not blank.</summary>
    public int Breaks { get; private set; }

    public char Current => Peek(0);

    public bool IsEnd => _at >= text.Length;

    public char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    public bool IsBlank(int ahead = 0) => Peek(ahead) is ' ' or '\t';

    public bool IsBreak(int ahead = 0) => Peek(ahead) is '\r' or '\n' or '\u0085' or '\u2028' or '\u2029';

    public bool IsCrLf => Current == '\r' && Peek(1) == '\n';

    public bool IsBreakOrEnd(int ahead = 0) => IsBreak(ahead) || Peek(ahead) == '\0';

    public bool IsBlankOrEnd(int ahead = 0) => IsBlank(ahead) || IsBreakOrEnd(ahead);

    /// <summary>Whether three of a character begin the line, as a word: <c>---</c> or <c>...</c>.</summary>
    public bool IsDocumentMark(char letter) =>
        Column == 0 && Current == letter && Peek(1) == letter && Peek(2) == letter && IsBlankOrEnd(3);

    public void Skip(int count = 1)
    {
        for (; count > 0; count--)
        {
            Breaks = IsBlank() ? Breaks : 0;
            _at += char.IsHighSurrogate(Current) ? 2 : 1;
            Index++;
            Column++;
        }
    }

    public void SkipBlanks()
    {
        while (IsBlank())
        {
            Skip();
        }
    }

    public void SkipToBreak()
    {
        while (!IsBreakOrEnd())
        {
            Skip();
        }
    }

    /// <summary>Takes a character.</summary>
    public void Read(StringBuilder into)
    {
        into.Append(Current);
        if (char.IsHighSurrogate(Current))
        {
            into.Append(Peek(1));
        }

        Skip();
    }

    /// <summary>Takes a line break, if there is one.</summary>
    public void ReadBreak(StringBuilder? into = null)
    {
        if (!IsBreak())
        {
            return;
        }

        var width = IsCrLf ? 2 : 1;
        into?.Append(Current is '\u2028' or '\u2029' ? Current : '\n');
        _at += width;
        Index += width;
        Column = 0;
        Line++;
        Breaks++;
    }

    /// <summary>Takes blanks, a comment and the line break. False: there is something else, which is not taken.</summary>
    public bool TakeRestOfLine()
    {
        SkipBlanks();
        if (Current == '#')
        {
            SkipToBreak();
        }

        if (!IsBreakOrEnd())
        {
            return false;
        }

        ReadBreak();
        return true;
    }

    /// <summary>After the end: the last line ends, too.</summary>
    public void EndLine()
    {
        if (Column != 0)
        {
            Column = 0;
            Line++;
        }
    }

    public YamlToken Token(YamlTokenKind kind) => new(kind, Line, Column);

    public YamlFault Fault(string problem) => Token(YamlTokenKind.Scalar).Fault(problem);
}
