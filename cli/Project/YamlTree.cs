using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Infra.Cli.Project;

/// <summary>What a node of a YAML document is.</summary>
internal enum YamlKind
{
    Scalar,
    List,
    Map,
    Alias,
}

/// <summary>
/// A node as the CLI's parser sees it: its text, its tag, and its children; of a map keys and values in turn. Scalars are not resolved yet.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Tag">Short form, as <c>!!str</c>; empty: none, or the non-specific one.</param>
/// <param name="Text">Text of a scalar; name of an alias.</param>
/// <param name="Line">Line in the file, from 1.</param>
internal sealed record YamlTree(YamlKind Kind, string Tag, string Text, long Line)
{
    /// <summary>Settings have few levels, and JSON's readers refuse more.</summary>
    public const int DeepestLevel = 60;

    /// <summary>More than any configuration has; the rest would only take memory.</summary>
    private const int MostNodes = 250_000;

    private const string LongPrefix = "tag:yaml.org,2002:";

    /// <summary>Whether a scalar is in quotes, or a block: text whatever it looks like.</summary>
    public bool Quoted { get; private init; }

    public List<YamlTree> Children { get; } = [];

    /// <summary>The node that an alias stands for.</summary>
    public YamlTree? Target { get; private init; }

    /// <summary>A merge key: <c>&lt;&lt;</c>, without quotes.</summary>
    public bool IsMerge => Kind == YamlKind.Scalar && Text == "<<" && (Tag is "!!merge" || (Tag.Length == 0 && !Quoted));

    /// <summary>The first document of a file; null: the file has none. The CLI reads no more than that.</summary>
    /// <param name="text">The file.</param>
    /// <param name="more">Whether other documents follow.</param>
    /// <exception cref="YamlFault">The document is no YAML, or is nested too deeply.</exception>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types",
        Justification = "The parser throws more types than its own, such as InvalidOperationException for an open bracket.")]
    public static YamlTree? Parse(string text, out bool more)
    {
        var parser = new Parser(new YamlTokens(new StringReader(text)));
        YamlTree root;
        more = false;
        try
        {
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
            {
                return null;
            }

            parser.Consume<DocumentStart>();
            root = Node(new(parser), level: 0);
            parser.Consume<DocumentEnd>();
        }
        catch (YamlException problem)
        {
            throw Tab(text, problem) is { } tab
                ? new YamlFault(tab, "is indented with a tab; YAML allows only spaces")
                : new YamlFault(problem.Start.Line, Reason(problem));
        }
        catch (Exception problem) when (problem is not (YamlFault or OutOfMemoryException))
        {
            throw new YamlFault(parser.Current?.Start.Line ?? 0, "a bracket, a brace or a quote is not closed");
        }

        try
        {
            more = parser.Accept<DocumentStart>(out _);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            more = true; // whatever follows is no part of the document
        }

        return root;
    }

    private static YamlTree Node(Reading reading, int level)
    {
        var (parser, anchors) = (reading.Parser, reading.Anchors);
        if (level > DeepestLevel || ++reading.Nodes > MostNodes)
        {
            throw new YamlFault(parser.Current?.Start.Line ?? 0, level > DeepestLevel
                ? $"is nested deeper than {DeepestLevel} levels" : $"is more than {MostNodes} values");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value.Value, out var target)
                ? new(YamlKind.Alias, "", alias.Value.Value, alias.Start.Line) { Target = target }
                : throw new YamlFault(alias.Start.Line, "has an alias of an anchor that is not above it");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return Anchored(new(YamlKind.Scalar, Short(scalar.Tag), scalar.Value, scalar.Start.Line)
            {
                Quoted = scalar.Style != ScalarStyle.Plain,
            }, scalar, anchors);
        }

        return parser.TryConsume<SequenceStart>(out var list)
            ? Filled<SequenceEnd>(Anchored(new(YamlKind.List, Short(list.Tag), "", list.Start.Line), list, anchors), reading, level)
            : parser.Consume<MappingStart>() is var map
                ? Filled<MappingEnd>(Anchored(new(YamlKind.Map, Short(map.Tag), "", map.Start.Line), map, anchors), reading, level)
                : throw new YamlFault(0, "is incomplete");
    }

    private static YamlTree Filled<TEnd>(YamlTree node, Reading reading, int level)
        where TEnd : ParsingEvent
    {
        while (!reading.Parser.TryConsume<TEnd>(out _))
        {
            node.Children.Add(Node(reading, level + 1));
        }

        return node.Kind == YamlKind.Map && node.Children.Count % 2 != 0
            ? throw new YamlFault(node.Line, "has a map with a key that has no value, or a value without a key")
            : node;
    }

    private static YamlTree Anchored(YamlTree node, NodeEvent source, Dictionary<string, YamlTree> anchors)
    {
        if (!source.Anchor.IsEmpty)
        {
            anchors[source.Anchor.Value] = node;
        }

        return node;
    }

    private static string Short(TagName tag) => tag.IsEmpty || tag.IsNonSpecific ? ""
        : tag.Value.StartsWith(LongPrefix, StringComparison.Ordinal) ? $"!!{tag.Value[LongPrefix.Length..]}" : tag.Value;

    // After a tab, the parser reports the position of the enclosing mapping.
    private static int? Tab(string text, YamlException problem) =>
        problem.Message.Contains("tab", StringComparison.Ordinal)
        && Array.FindIndex(text.Split('\n'), line => line.TrimStart(' ').StartsWith('\t')) is >= 0 and var tab ? tab + 1 : null;

    private static string Reason(YamlException problem)
    {
        var reason = problem.Message.Split('\n')[0].Trim();
        return $"column {problem.Start.Column}: {(reason.Length > 0 ? reason : "it is incomplete")}";
    }

    /// <summary>A document that is being read.</summary>
    private sealed class Reading(Parser parser)
    {
        public Parser Parser { get; } = parser;

        /// <summary>The newest node of each anchor.</summary>
        public Dictionary<string, YamlTree> Anchors { get; } = new(StringComparer.Ordinal);

        public int Nodes { get; set; }
    }
}
