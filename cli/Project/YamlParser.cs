namespace Infra.Cli.Project;

/// <summary>
/// Parses a YAML file by the rules of the CLI's parser: parserc.go of gopkg.in/yaml.v3 in other words, with its faults.
/// </summary>
internal sealed class YamlParser
{
    /// <summary>More than any configuration has; the rest would only take memory.</summary>
    private const int MostNodes = 250_000;

    private const string LongPrefix = "tag:yaml.org,2002:";

    private readonly YamlScanner _scanner;
    private readonly Dictionary<string, YamlTree> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _prefixes = new(StringComparer.Ordinal);
    private int _nodes;

    private YamlParser(string text) => _scanner = new(text);

    private YamlTokenKind Next => _scanner.Peek().Kind;

    /// <summary>The first document of a file; null: the file has none. The CLI reads no more than that.</summary>
    /// <param name="text">The file.</param>
    /// <param name="more">Whether other documents follow.</param>
    /// <exception cref="YamlFault">The document is no YAML, or is nested too deeply.</exception>
    public static YamlTree? Parse(string text, out bool more)
    {
        var parser = new YamlParser(text);
        var root = parser.Document();
        more = root is not null && parser.HasMore();
        return root;
    }

    private YamlTree? Document()
    {
        if (Next == YamlTokenKind.StreamEnd)
        {
            return null;
        }

        var isExplicit = Next is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective or YamlTokenKind.DocumentStart;
        if (isExplicit)
        {
            Directives();
        }

        _prefixes.TryAdd("!", "!");
        _prefixes.TryAdd("!!", LongPrefix);
        var root = isExplicit && Next is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective or YamlTokenKind.DocumentStart
            or YamlTokenKind.DocumentEnd or YamlTokenKind.StreamEnd
            ? Empty(_scanner.Peek()) : Node(isBlock: true, canBeIndentless: false, level: 0);
        _scanner.Peek(); // an error here is still one of this document
        return root;
    }

    private bool HasMore()
    {
        try
        {
            while (Next == YamlTokenKind.DocumentEnd)
            {
                _scanner.Take();
            }

            return Next != YamlTokenKind.StreamEnd;
        }
        catch (YamlFault)
        {
            return true; // whatever follows is no part of the document
        }
    }

    private void Directives()
    {
        for (var hasVersion = false; Next is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective;)
        {
            var token = _scanner.Take();
            if (token.Kind == YamlTokenKind.TagDirective && !_prefixes.TryAdd(token.Text, token.Rest))
            {
                throw token.Fault($"has a second '%TAG {token.Text}'");
            }

            if (token.Kind == YamlTokenKind.VersionDirective)
            {
                // The CLI's parser takes no other version, although it reads YAML 1.2.
                hasVersion = hasVersion || token.Text != "1.1"
                    ? throw token.Fault("Pulumi takes only one '%YAML 1.1'; remove the line") : true;
            }
        }

        if (_scanner.Take() is { Kind: not YamlTokenKind.DocumentStart } other)
        {
            throw other.Fault("there is no '---' behind a line with '%'");
        }
    }

    private YamlTree Node(bool isBlock, bool canBeIndentless, int level)
    {
        var token = _scanner.Peek();
        if (level > YamlTree.DeepestLevel || ++_nodes > MostNodes)
        {
            throw new YamlFault(token.Line + 1, level > YamlTree.DeepestLevel
                ? $"is nested deeper than {YamlTree.DeepestLevel} levels" : $"is more than {MostNodes} values");
        }

        if (token.Kind == YamlTokenKind.Alias)
        {
            _scanner.Take();
            return _anchors.TryGetValue(token.Text, out var target)
                ? new(YamlKind.Alias, "", token.Text, token.Line + 1) { Target = target }
                : throw new YamlFault(token.Line + 1, "has an alias of an anchor that is not above it");
        }

        var (anchor, tag) = Properties();
        var node = Content(isBlock, canBeIndentless) is { } kind ? new YamlTree(kind, tag ?? "", "", token.Line + 1)
            : Next == YamlTokenKind.Scalar && _scanner.Take() is var scalar
                ? new YamlTree(YamlKind.Scalar, tag ?? "", scalar.Text, token.Line + 1) { Quoted = scalar.Quoted }
            : anchor is not null || tag is not null ? new YamlTree(YamlKind.Scalar, tag ?? "", "", token.Line + 1)
            : throw NoValue(_scanner.Peek());
        if (anchor is not null)
        {
            _anchors[anchor] = node; // before its children: one of them may be its alias
        }

        if (node.Kind != YamlKind.Scalar)
        {
            Children(node, level + 1);
        }

        return node;
    }

    private YamlKind? Content(bool isBlock, bool canBeIndentless) => Next switch
    {
        YamlTokenKind.BlockEntry when canBeIndentless => YamlKind.List,
        YamlTokenKind.FlowSequenceStart => YamlKind.List,
        YamlTokenKind.FlowMappingStart => YamlKind.Map,
        YamlTokenKind.BlockSequenceStart when isBlock => YamlKind.List,
        YamlTokenKind.BlockMappingStart when isBlock => YamlKind.Map,
        _ => null,
    };

    private (string? Anchor, string? Tag) Properties()
    {
        var (anchor, tag) = (default(string), default(string));
        while ((anchor is null && Next == YamlTokenKind.Anchor) || (tag is null && Next == YamlTokenKind.Tag))
        {
            var token = _scanner.Take();
            if (token.Kind == YamlTokenKind.Anchor)
            {
                anchor = token.Text;
            }
            else
            {
                tag = token.Text.Length == 0 ? token.Rest
                    : _prefixes.TryGetValue(token.Text, out var prefix) && prefix + token.Rest is { Length: > 0 } whole ? whole
                    : throw token.Fault("has a tag that YAML does not know");
            }
        }

        return (anchor, tag switch
        {
            "!" => "",
            not null when tag.StartsWith(LongPrefix, StringComparison.Ordinal) => $"!!{tag[LongPrefix.Length..]}",
            _ => tag,
        });
    }

    private void Children(YamlTree node, int level)
    {
        switch (Next)
        {
            case YamlTokenKind.BlockEntry:
                while (Next == YamlTokenKind.BlockEntry)
                {
                    var entry = _scanner.Take();
                    node.Children.Add(Next is YamlTokenKind.BlockEntry or YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd
                        ? Empty(entry) : Node(isBlock: true, canBeIndentless: false, level));
                }

                break;
            case YamlTokenKind.BlockSequenceStart:
                BlockList(node, level);
                break;
            case YamlTokenKind.BlockMappingStart:
                BlockMap(node, level);
                break;
            case YamlTokenKind.FlowSequenceStart:
                Flow(YamlTokenKind.FlowSequenceEnd, () => node.Children.Add(Next == YamlTokenKind.Key
                    ? Pair(level) : Node(isBlock: false, canBeIndentless: false, level)));
                break;
            default:
                Flow(YamlTokenKind.FlowMappingEnd, () => FlowMember(node, level));
                break;
        }
    }

    private void BlockList(YamlTree node, int level)
    {
        _scanner.Take();
        while (Next == YamlTokenKind.BlockEntry)
        {
            var entry = _scanner.Take();
            node.Children.Add(Next is YamlTokenKind.BlockEntry or YamlTokenKind.BlockEnd
                ? Empty(entry) : Node(isBlock: true, canBeIndentless: false, level));
        }

        if (_scanner.Take() is { Kind: not YamlTokenKind.BlockEnd } other)
        {
            throw Misplaced(other, "a list, where each item begins with '- '");
        }
    }

    private void BlockMap(YamlTree node, int level)
    {
        _scanner.Take();
        while (Next == YamlTokenKind.Key)
        {
            node.Children.Add(BlockPart(_scanner.Take(), level));
            node.Children.Add(Next == YamlTokenKind.Value ? BlockPart(_scanner.Take(), level) : Empty(_scanner.Peek()));
        }

        if (_scanner.Take() is { Kind: not YamlTokenKind.BlockEnd } other)
        {
            throw Misplaced(other, "a map of keys to values");
        }
    }

    /// <summary>The key or the value behind its token.</summary>
    private YamlTree BlockPart(YamlToken token, int level) =>
        Next is YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd
            ? Empty(token) : Node(isBlock: true, canBeIndentless: true, level);

    /// <summary>The members of brackets or braces.</summary>
    private void Flow(YamlTokenKind end, Action member)
    {
        var begin = _scanner.Take();
        for (var isFirst = true; Next != end; isFirst = false)
        {
            if (!isFirst && _scanner.Take() is { Kind: not YamlTokenKind.FlowEntry } other)
            {
                var open = end == YamlTokenKind.FlowSequenceEnd ? '[' : '{';
                throw other.Fault($"there is no ',' between two values, or the '{open}' of line {begin.Line + 1} is not closed");
            }

            if (Next != end)
            {
                member();
            }
            else
            {
                break;
            }
        }

        _scanner.Take();
    }

    /// <summary>A map of one member, in brackets: <c>[a: b]</c>.</summary>
    private YamlTree Pair(int level)
    {
        var token = _scanner.Take();
        var pair = new YamlTree(YamlKind.Map, "", "", token.Line + 1);
        if (Next is YamlTokenKind.Value or YamlTokenKind.FlowEntry or YamlTokenKind.FlowSequenceEnd)
        {
            _scanner.Take(); // yaml.v3 loses it: [? : a] is an error
            pair.Children.Add(Empty(token));
        }
        else
        {
            pair.Children.Add(Node(isBlock: false, canBeIndentless: false, level));
        }

        pair.Children.Add(FlowValue(YamlTokenKind.FlowSequenceEnd, level));
        return pair;
    }

    private void FlowMember(YamlTree node, int level)
    {
        if (Next != YamlTokenKind.Key)
        {
            node.Children.Add(Node(isBlock: false, canBeIndentless: false, level));
            node.Children.Add(Empty(_scanner.Peek()));
            return;
        }

        var token = _scanner.Take();
        node.Children.Add(Next is YamlTokenKind.Value or YamlTokenKind.FlowEntry or YamlTokenKind.FlowMappingEnd
            ? Empty(token) : Node(isBlock: false, canBeIndentless: false, level));
        node.Children.Add(FlowValue(YamlTokenKind.FlowMappingEnd, level));
    }

    private YamlTree FlowValue(YamlTokenKind end, int level)
    {
        if (Next != YamlTokenKind.Value)
        {
            return Empty(_scanner.Peek());
        }

        var token = _scanner.Take();
        return Next == YamlTokenKind.FlowEntry || Next == end
            ? Empty(token) : Node(isBlock: false, canBeIndentless: false, level);
    }

    private static YamlTree Empty(YamlToken at) => new(YamlKind.Scalar, "", "", at.Line + 1);

    private static YamlFault NoValue(YamlToken token) => token.Fault(token.Kind switch
    {
        YamlTokenKind.StreamEnd or YamlTokenKind.DocumentStart or YamlTokenKind.DocumentEnd =>
            "there is no value, or a bracket or a brace above is not closed",
        YamlTokenKind.Value => "there is no key before ':'",
        YamlTokenKind.FlowEntry => "there is no value before ','",
        YamlTokenKind.BlockEntry => "a '- ' cannot be in brackets or braces",
        _ => "there is a bracket or a brace without its opening one",
    });

    private static YamlFault Misplaced(YamlToken token, string where) => token.Fault(token.Kind switch
    {
        YamlTokenKind.Value => "there is no key before ':'",
        YamlTokenKind.BlockEntry => "an item of a list is in a map; indent the '- ' below its key",
        YamlTokenKind.BlockMappingStart or YamlTokenKind.BlockSequenceStart => "is not indented as the lines above",
        YamlTokenKind.FlowEntry => "a ',' is behind a value; only values in brackets and braces have one",
        _ => $"does not belong to {where}, above it; check the quotes there",
    });
}
