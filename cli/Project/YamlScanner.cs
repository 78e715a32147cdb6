namespace Infra.Cli.Project;

/// <summary>
/// The tokens of a YAML file, by the rules of the CLI's parser: scannerc.go of gopkg.in/yaml.v3 in other words, with its limits and without
/// what it keeps of comments. Other parsers accept other files (docs/adr/0019).
/// </summary>
internal sealed class YamlScanner(string text)
{
    /// <summary>Most characters of a key without <c>?</c>, up to its colon.</summary>
    private const int LongestKey = 1024;

    /// <summary>Tokens that are read ahead: an error in them is one of the document before them.</summary>
    private const int Ahead = 3;

    /// <summary>Blanks and line breaks within which yaml.v3 looks for the next comment.</summary>
    private const int FurthestComment = 512;

    private readonly YamlCursor _cursor = new(text);
    private readonly List<YamlToken> _tokens = [];
    private readonly Stack<int> _indents = new();

    /// <summary>The possible key of the block, and of each open bracket.</summary>
    private readonly List<YamlSimpleKey> _keys = [new(-1, 0, default) { IsPossible = false }];
    private readonly Dictionary<int, int> _levelByToken = [];
    private int _head;
    private int _taken;
    private int _indent = -1;
    private bool _keyAllowed = true;

    private bool InFlow => _keys.Count > 1;

    /// <exception cref="YamlFault">The file is not YAML.</exception>
    public YamlToken Peek()
    {
        while (_tokens.Count - _head < Ahead || IsKeyOpen())
        {
            Fetch();
        }

        return _tokens[_head];
    }

    /// <summary>The next token, which is taken.</summary>
    /// <exception cref="YamlFault">The file is not YAML.</exception>
    public YamlToken Take()
    {
        var token = Peek();
        _taken++;
        if (++_head == Ahead * LongestKey)
        {
            _tokens.RemoveRange(0, _head);
            _head = 0;
        }

        return token;
    }

    // Until the ':' behind it, the next token may still be a key.
    private bool IsKeyOpen() =>
        _levelByToken.TryGetValue(_taken, out var level) && level < _keys.Count && IsPossible(_keys[level]);

    private bool IsPossible(YamlSimpleKey key)
    {
        if (key.IsPossible && (key.At.Line < _cursor.Line || key.Index + LongestKey < _cursor.Index))
        {
            key.IsPossible = key.IsRequired ? throw NoColon(key.At) : false;
        }

        return key.IsPossible;
    }

    private YamlFault NoColon(YamlToken at) => at.Fault($"there is no ':' behind a key{YamlText.WhyNoKey(YamlText.LineAt(text, at.Line))}");

    private void Fetch()
    {
        SkipToToken();
        Unroll(_cursor.Column);
        if (_cursor.IsEnd)
        {
            _cursor.EndLine();
            Mark(YamlTokenKind.StreamEnd, 0);
        }
        else if (_cursor is { Column: 0, Current: '%' })
        {
            Outdent();
            _tokens.Add(YamlProperties.Directive(_cursor));
        }
        else if (_cursor.IsDocumentMark('-') || _cursor.IsDocumentMark('.'))
        {
            Mark(_cursor.Current == '-' ? YamlTokenKind.DocumentStart : YamlTokenKind.DocumentEnd, 3);
        }
        else
        {
            Content();
            if (_tokens[^1].Kind != YamlTokenKind.BlockEntry)
            {
                SkipLineComment();
            }
        }
    }

    private void Mark(YamlTokenKind kind, int length)
    {
        Outdent();
        Add(kind, length);
    }

    private void Outdent()
    {
        Unroll(-1);
        RemoveKey();
        _keyAllowed = false;
    }

    private void Content()
    {
        switch (_cursor.Current)
        {
            case '[':
                Open(YamlTokenKind.FlowSequenceStart);
                break;
            case '{':
                Open(YamlTokenKind.FlowMappingStart);
                break;
            case ']':
                Close(YamlTokenKind.FlowSequenceEnd);
                break;
            case '}':
                Close(YamlTokenKind.FlowMappingEnd);
                break;
            case ',':
                RemoveKey();
                _keyAllowed = true;
                Add(YamlTokenKind.FlowEntry);
                break;
            case '-' when _cursor.IsBlankOrEnd(1):
                Begin(YamlTokenKind.BlockSequenceStart, "a '- ' cannot be here; an item begins on its own line");
                RemoveKey();
                _keyAllowed = true;
                Add(YamlTokenKind.BlockEntry);
                break;
            case '?' when InFlow || _cursor.IsBlankOrEnd(1):
                Begin(YamlTokenKind.BlockMappingStart, "a '? ' cannot be here");
                RemoveKey();
                _keyAllowed = !InFlow;
                Add(YamlTokenKind.Key);
                break;
            case ':' when InFlow || _cursor.IsBlankOrEnd(1):
                Value();
                break;
            case '*':
                Property(static cursor => YamlProperties.Anchor(cursor, YamlTokenKind.Alias));
                break;
            case '&':
                Property(static cursor => YamlProperties.Anchor(cursor, YamlTokenKind.Anchor));
                break;
            case '!':
                Property(YamlProperties.Tag);
                break;
            case '|' or '>' when !InFlow:
                RemoveKey();
                _keyAllowed = true;
                _tokens.Add(YamlScalars.Block(_cursor, _indent));
                break;
            case '\'' or '"':
                Property(YamlScalars.Quoted);
                break;
            case var letter when IsPlain(letter):
                SaveKey();
                _tokens.Add(YamlScalars.Plain(_cursor, _indent, InFlow, out _keyAllowed));
                break;
            default:
                throw _cursor.Fault(_cursor.Current == '\t' ? "a tab indents the line; YAML allows only spaces"
                    : $"a value cannot begin with '{_cursor.Current}'; put it in quotes");
        }
    }

    private bool IsPlain(char letter) => letter switch
    {
        '-' => !_cursor.IsBlank(1),
        '?' or ':' => !InFlow && !_cursor.IsBlankOrEnd(1),
        _ => !_cursor.IsBlankOrEnd() && !",[]{}#&*!|>'\"%@`".Contains(letter, StringComparison.Ordinal),
    };

    private void Open(YamlTokenKind kind)
    {
        SaveKey();
        _keys.Add(new(NextToken, _cursor.Index, _cursor.Token(kind)) { IsPossible = false });
        _keyAllowed = true;
        Add(kind);
    }

    private void Close(YamlTokenKind kind)
    {
        RemoveKey();
        if (InFlow)
        {
            _levelByToken.Remove(_keys[^1].Token);
            _keys.RemoveAt(_keys.Count - 1);
        }

        _keyAllowed = false;
        Add(kind);
    }

    private void Value()
    {
        var key = _keys[^1];
        if (IsPossible(key))
        {
            _tokens.Insert(_head + key.Token - _taken, key.At with { Kind = YamlTokenKind.Key });
            Roll(YamlTokenKind.BlockMappingStart, key.At, _head + key.Token - _taken);
            key.IsPossible = false;
            _levelByToken.Remove(key.Token);
            _keyAllowed = false;
        }
        else
        {
            if (!InFlow && !_keyAllowed && _tokens is [.., { Kind: YamlTokenKind.Scalar } value] && value.Line < _cursor.Line)
            {
                throw _tokens is [.., { Kind: YamlTokenKind.Value } colon, _] && colon.Line == value.Line
                    ? value.Fault("the next line is indented further, and so belongs to this value; check its indentation")
                    : NoColon(value); // the lines below belong to it
            }

            Begin(YamlTokenKind.BlockMappingStart, "a ': ' cannot be here; put a value that has one in quotes");
            _keyAllowed = !InFlow;
        }

        Add(YamlTokenKind.Value);
    }

    private void Property(Func<YamlCursor, YamlToken> scan)
    {
        SaveKey();
        _keyAllowed = false;
        _tokens.Add(scan(_cursor));
    }

    private void Add(YamlTokenKind kind, int length = 1)
    {
        _tokens.Add(_cursor.Token(kind));
        _cursor.Skip(length);
    }

    private int NextToken => _taken + _tokens.Count - _head;

    private void SaveKey()
    {
        if (_keyAllowed)
        {
            RemoveKey();
            _keys[^1] = new(NextToken, _cursor.Index, _cursor.Token(YamlTokenKind.Key))
            {
                IsPossible = true,
                IsRequired = !InFlow && _indent == _cursor.Column,
            };
            _levelByToken[NextToken] = _keys.Count - 1;
        }
    }

    private void RemoveKey()
    {
        if (_keys[^1] is { IsPossible: true } key)
        {
            key.IsPossible = key.IsRequired ? throw NoColon(key.At) : false;
            _levelByToken.Remove(key.Token);
        }
    }

    /// <summary>An entry of a block: begins the block, if it is the first.</summary>
    private void Begin(YamlTokenKind kind, string refused)
    {
        if (!InFlow && !_keyAllowed)
        {
            throw _cursor.Fault(refused);
        }

        Roll(kind, _cursor.Token(kind), _tokens.Count);
    }

    private void Roll(YamlTokenKind kind, YamlToken at, int index)
    {
        if (!InFlow && _indent < at.Column)
        {
            _indents.Push(_indent);
            _indent = at.Column;
            _tokens.Insert(index, at with { Kind = kind });
        }
    }

    private void Unroll(int column)
    {
        while (!InFlow && _indent > column)
        {
            _tokens.Add(_cursor.Token(YamlTokenKind.BlockEnd));
            _indent = _indents.Pop();
        }
    }

    private void SkipToToken()
    {
        while (true)
        {
            while (_cursor.Current == ' ' || (_cursor.Current == '\t' && (InFlow || !_keyAllowed)))
            {
                _cursor.Skip();
            }

            SkipComments();
            if (!_cursor.IsBreak())
            {
                return;
            }

            _cursor.ReadBreak();
            _keyAllowed |= !InFlow;
        }
    }

    // yaml.v3 keeps comments: it looks for the next one behind each, also behind a tab that it would refuse elsewhere.
    private void SkipComments()
    {
        if (_cursor.Current != '#')
        {
            return;
        }

        _cursor.SkipToBreak();
        for (var ahead = 1; ahead < FurthestComment && (_cursor.IsBlank(ahead) || _cursor.Peek(ahead) is '\r' or '\n' or '#'); ahead++)
        {
            if (_cursor.Peek(ahead) == '#')
            {
                for (var left = ahead; left > 0; left--)
                {
                    if (_cursor.IsBreak())
                    {
                        left -= _cursor.IsCrLf ? 1 : 0;
                        _cursor.ReadBreak();
                    }
                    else
                    {
                        _cursor.Skip();
                    }
                }

                _cursor.SkipToBreak();
                ahead = 0;
            }
        }
    }

    private void SkipLineComment()
    {
        var ahead = 0;
        while (ahead < FurthestComment && _cursor.IsBlank(ahead))
        {
            ahead++;
        }

        if (_cursor.Breaks == 0 && ahead < FurthestComment && _cursor.Peek(ahead) == '#')
        {
            _cursor.SkipToBreak();
        }
    }
}
