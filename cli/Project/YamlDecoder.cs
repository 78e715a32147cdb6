using System.Text;

namespace Infra.Cli.Project;

/// <summary>
/// Values of a document, by the rules of the CLI's YAML parser (gopkg.in/yaml.v3, decode.go): null, bool, long, ulong, double,
/// <see cref="YamlTime"/>, string, a list, or a <see cref="YamlMap"/>. Aliases and merge keys are resolved, within the parser's limits.
/// </summary>
internal sealed class YamlDecoder
{
    // decode.go: how much of a document may come from aliases. Nested ones grow exponentially.
    private const int FewAliases = 100;
    private const int SmallDocument = 1000;
    private const double AliasRatioLow = 400_000;
    private const double AliasRatioHigh = 4_000_000;

    private readonly HashSet<YamlTree> _open = new(ReferenceEqualityComparer.Instance);
    private long _decoded;
    private long _fromAliases;
    private int _aliasDepth;

    /// <exception cref="YamlFault">The parser refuses the document.</exception>
    public static object? Decode(YamlTree? document) => document is null ? null : new YamlDecoder().Value(document, level: 0);

    private object? Value(YamlTree node, int level)
    {
        Count(node);
        if (level > YamlTree.DeepestLevel)
        {
            throw new YamlFault(node.Line, $"is nested deeper than {YamlTree.DeepestLevel} levels; check for a recursive alias");
        }

        switch (node.Kind)
        {
            case YamlKind.Alias:
                return Alias(node, target => Value(target, level + 1));
            case YamlKind.List:
                return node.Children.ConvertAll(item => Value(item, level + 1));
            case YamlKind.Map:
                var members = new Dictionary<object, object?>();
                var order = new List<object>();
                Fill(node, members, order, level);
                return new YamlMap([.. order.Select(key => KeyValuePair.Create(key, members[key]))], OddKey(node));
            default:
                return Scalar(node);
        }
    }

    private void Count(YamlTree node)
    {
        _decoded++;
        _fromAliases += _aliasDepth > 0 ? 1 : 0;
        var share = _decoded <= AliasRatioLow ? 0.99 : _decoded >= AliasRatioHigh ? 0.10
            : 0.99 - (0.89 * ((_decoded - AliasRatioLow) / (AliasRatioHigh - AliasRatioLow)));
        if (_fromAliases > FewAliases && _decoded > SmallDocument && _fromAliases / (double)_decoded > share)
        {
            throw new YamlFault(node.Line, "has aliases of aliases that stand for too many values; check for a recursive alias");
        }
    }

    private T Alias<T>(YamlTree alias, Func<YamlTree, T> read)
    {
        if (!_open.Add(alias))
        {
            throw new YamlFault(alias.Line, "has an anchor whose value contains itself; check for a recursive alias");
        }

        _aliasDepth++;
        var value = read(alias.Target!);
        _aliasDepth--;
        _open.Remove(alias);
        return value;
    }

    private static object? Scalar(YamlTree node)
    {
        if (node.Quoted && node.Tag.Length == 0)
        {
            return node.Text;
        }

        var (tag, value) = YamlScalar.Resolve(node.Tag, node.Text, node.Line);
        return tag == "!!binary" ? Binary(node) : value;
    }

    private static string Binary(YamlTree node)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(node.Text));
        }
        catch (Exception problem) when (problem is FormatException or DecoderFallbackException)
        {
            throw new YamlFault(node.Line, "has a !!binary value that is not base64 of a text");
        }
    }

    // The members of a map that are not there yet: its own, then those of its merge key.
    private void Fill(YamlTree map, Dictionary<object, object?> members, List<object> order, int level)
    {
        Distinct(map);
        var merge = default(YamlTree);
        var own = new HashSet<object>();
        foreach (var (name, value) in Pairs(map))
        {
            if (name.IsMerge)
            {
                merge = value;
                continue;
            }

            var key = Value(name, level + 1) ?? YamlMap.NullKey;
            if (key is YamlMap or List<object?>)
            {
                throw new YamlFault(name.Line, "has a key that is a list or a map; fill in a template, or put {{ }} in quotes");
            }

            var inside = Value(value, level + 1);
            // In a merged map, keys that are there already win; in one map, the last of two equal keys, such as 1 and 0x1.
            if (own.Add(key) && members.ContainsKey(key))
            {
                continue;
            }

            if (members.TryAdd(key, inside))
            {
                order.Add(key);
            }
            else
            {
                members[key] = inside;
            }
        }

        if (merge is not null)
        {
            Merge(merge, members, order, level);
        }
    }

    private void Merge(YamlTree merge, Dictionary<object, object?> members, List<object> order, int level)
    {
        foreach (var source in merge.Kind == YamlKind.List ? merge.Children : [merge])
        {
            Count(source);
            if (level > YamlTree.DeepestLevel || (source.Target ?? source).Kind != YamlKind.Map)
            {
                throw new YamlFault(source.Line, "'<<' takes a mapping, or a list of mappings");
            }

            if (source.Kind == YamlKind.Alias)
            {
                Alias(source, target =>
                {
                    Fill(target, members, order, level + 1);
                    return true;
                });
            }
            else
            {
                Fill(source, members, order, level + 1);
            }
        }
    }

    private static void Distinct(YamlTree map)
    {
        var seen = new HashSet<(YamlKind, string)>();
        foreach (var (name, _) in Pairs(map))
        {
            if (!seen.Add((name.Kind, name.Text)))
            {
                var shown = string.Concat(name.Text.Where(letter => !char.IsControl(letter)));
                throw new YamlFault(name.Line, $"has the key '{shown}' a second time");
            }
        }
    }

    private static string? OddKey(YamlTree map) => Pairs(map)
        .Select(pair => pair.Key.Target ?? pair.Key)
        .FirstOrDefault(key => !key.IsMerge && !IsText(key))?.Text;

    private static bool IsText(YamlTree key) => key.Kind == YamlKind.Scalar
        && (key.Tag.Length == 0 ? key.Quoted || YamlScalar.Resolve("", key.Text, key.Line).Tag == "!!str" : key.Tag == "!!str");

    private static IEnumerable<KeyValuePair<YamlTree, YamlTree>> Pairs(YamlTree map) =>
        map.Children.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
}
