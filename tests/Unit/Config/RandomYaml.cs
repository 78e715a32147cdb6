using System.Globalization;
using System.Text;
using System.Text.Json;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Tests.Unit.Config;

/// <summary>
/// Stack files from the grammar of YAML and the names of the settings: right and wrong values in every style, with tags, anchors, aliases,
/// merge keys, comments, several documents, and bytes that are none of that.
/// </summary>
internal sealed class RandomYaml(Random chance)
{
    private const int DeepestLevel = 5;

    private static readonly string[] s_scalars =
    [
        "1", "0", "-1", "010", "0x10", "0o17", "1_000", "2.0", "1e3", ".5", ".inf", ".nan", "1e400", "99999999999999999999", "true",
        "True", "yes", "off", "~", "null", "", "2026-11-29", "2026-11-29T10:20:30Z", "12:30:45", "<<", "tor1", "private", "Public",
        "public", "container", "rolling", "203.0.113.7/32", "0.0.0.0/0", "10.0.0.0/8", "::/0", "2001:db8::1/128", "1.1.1.1/8",
        "llm.example.com", "example.com", "https://app.example.com", "mistralai/Ministral-3-3B-Instruct-2512",
        "openai/gpt-oss-120b", "gpu-h100x8-640gb", "gpu-4000adax1-20gb", "web", "alice", "chat", "a: b", "[", "]", "{", "}", "@x",
        "`x", "%x", "!x", "&", "*", "|", ">", "- x", "? x", "#", "x # y", "'", "\"", "x\ty", "\u202e", "\ud83d\ude00", "\u00e9",
        "prod.eu", "a_b", "0.92", "8192", "262144", "2147483648", "v1:cipher", "my.json", "/dev/zero", "../x",
    ];

    private static readonly string[] s_tags =
    [
        "!!str ", "!!int ", "!!float ", "!!bool ", "!!null ", "!!binary ", "!!timestamp ", "!x ", "! ", "!!map ", "!!seq ",
    ];

    private static readonly string[] s_sections =
    [
        "config", "Config", "environment", "secretsprovider", "encryptionsalt", "x-common", "region", "1", "~",
    ];

    private readonly List<string> _anchors = [];

    // Whether this file is odd: most files of chance alone would be wrong in their first line.
    private bool _odd;

    /// <summary>Text of a stack file.</summary>
    public string Next()
    {
        _anchors.Clear();
        _odd = chance.Next(3) != 0;
        var text = new StringBuilder();
        if (Odd(8))
        {
            text.Append("x-common: ").Append(Any(0)).Append('\n');
        }

        text.Append(Odd(30) ? $"{Pick(s_sections)}: {Any(0)}\n" : "config:\n");
        foreach (var member in RecordShape.Of(typeof(StackConfig)).Members.Where(member => member.Required || Odd(4)))
        {
            text.Append("  ").Append(chance.Next(3) == 0 ? "" : "inference:").Append(Name(member.Name)).Append(": ")
                .Append(Odd(12) ? Any(1) : Of(member.Shape, member.Name, 1)).Append('\n');
        }

        if (Odd(10))
        {
            text.Append("  ").Append(Any(1)).Append(": ").Append(Any(1)).Append('\n');
        }

        return (_odd ? chance.Next(25) : 25) switch
        {
            0 => text.ToString()[..chance.Next(text.Length)],
            1 => text.Insert(chance.Next(text.Length), (char)chance.Next(1, 0xd800)).ToString(),
            2 => text.Insert(chance.Next(text.Length), Pick(s_scalars)).ToString(),
            3 => $"{text}---\n{text}",
            4 => $"%YAML 1.{chance.Next(4)}\n---\n{text}",
            5 => text.Replace(": ", ":").ToString(),
            6 => string.Concat(Enumerable.Repeat(
                Pick(["[", "{", "- ", "? ", "a: ", "&a ", "!", "\"", "'", "|\n"]), chance.Next(1, 1500))),
            7 => Bomb() + text,
            _ => text.ToString(),
        };
    }

    // A value of the setting's type, most often one that is right.
    private string Of(ValueShape shape, string name, int level) =>
        Odd(20) || level > DeepestLevel ? Any(level) : Right(shape, name, level);

    private string Right(ValueShape shape, string name, int level) => shape.Kind switch
    {
        ValueKind.List => Joined("[", "]", Odd(2) ? 2 : 1, () => Of(shape.Element!, name, level + 1)),
        ValueKind.Map => Joined(
            "{", "}", Odd(4) ? 2 : 1, () => $"{Name(Pick(["chat", "embed", "code"]))}: {Of(shape.Element!, name, level + 1)}"),
        ValueKind.Record when shape.Shorthand is not null && chance.Next(2) == 0 => Styled(Pick(["alice", "bob"])),
        ValueKind.Record => "{" + string.Join(", ", RecordShape.Of(shape.Type).Members
            .Where(member => member.Required || Odd(8) || (!_odd && chance.Next(40) == 0))
            .Select(member => $"{Name(member.Name)}: {Of(member.Shape, member.Name, level + 1)}")) + "}",
        ValueKind.Word => Styled(Pick(shape.Words!)),
        ValueKind.Flag => Pick(["true", "false"]),
        ValueKind.Whole or ValueKind.Decimal => _odd ? Pick(["1", "2", "4", "8192", "0.9", "010"]) : ConfigExamples.Of(name),
        _ => Styled(name switch
        {
            "region" => "tor1",
            "model" => "mistralai/Ministral-3-3B-Instruct-2512",
            "adminCidrs" => $"203.0.113.{chance.Next(_odd ? 300 : 250)}/32",
            _ => _odd ? Pick(s_scalars) : ConfigExamples.Of(name),
        }),
    };

    private string Any(int level) => (level > DeepestLevel ? 0 : chance.Next(10)) switch
    {
        0 or 1 or 2 or 3 => Styled(Pick(s_scalars)),
        4 => Joined("[", "]", chance.Next(4), () => Any(level + 1)),
        5 => Joined("{", "}", chance.Next(4), () => $"{Any(level + 1)}: {Any(level + 1)}"),
        6 => $"{{secure: {Styled(Pick(s_scalars))}}}",
        7 when _anchors.Count > 0 => $"*{Pick(_anchors)} ",
        8 => Anchored(Any(level + 1)),
        9 when _anchors.Count > 0 => $"{{<<: *{Pick(_anchors)} , {Pick(s_scalars)}: x}}",
        _ => Pick(s_tags) + Styled(Pick(s_scalars)),
    };

    private string Anchored(string value)
    {
        var name = $"a{(chance.Next(4) == 0 ? 0 : _anchors.Count).ToString(CultureInfo.InvariantCulture)}";
        _anchors.Add(name);
        return $"&{name} {value}";
    }

    private string Styled(string text) => chance.Next(8) switch
    {
        0 => JsonSerializer.Serialize(text),
        1 => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        2 when Odd(4) => Pick(s_tags) + text,
        _ => text,
    };

    private bool Odd(int oneOf) => _odd && chance.Next(oneOf) == 0;

    private string Name(string name) => (_odd ? chance.Next(60) : 60) switch
    {
        0 => name.ToUpperInvariant(),
        1 => name[..^1],
        2 => Pick(s_scalars),
        3 => $"\"{name}\"",
        4 => $"inference:{name}",
        _ => name,
    };

    private static string Joined(string open, string close, int count, Func<string> item) =>
        open + string.Join(", ", Enumerable.Range(0, count).Select(_ => item())) + close;

    private string Bomb()
    {
        var text = new StringBuilder("x-0: &b0 [x, x, x, x, x, x, x, x, x]\n");
        var levels = chance.Next(1, 12);
        for (var level = 1; level < levels; level++)
        {
            var items = string.Join(", ", Enumerable.Repeat($"*b{(level - 1).ToString(CultureInfo.InvariantCulture)}", 9));
            var value = chance.Next(2) == 0 ? $"[{items}]" : $"{{a: [{items}]}}";
            text.Append(CultureInfo.InvariantCulture, $"x-{level}: &b{level} {value}\n");
        }

        _anchors.Add($"b{(levels - 1).ToString(CultureInfo.InvariantCulture)}");
        return text.ToString();
    }

    private string Pick(IReadOnlyList<string> from) => from[chance.Next(from.Count)];
}
