using System.Text.RegularExpressions;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Repository;

/// <summary>infra.cmd by the rules of cmd.exe that a reader overlooks; no machine of these tests can run it.</summary>
public sealed partial class BatchFileTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Path.Combine(StackFiles.Root, "infra.cmd"));
    private static readonly string[] s_code =
        [.. s_lines.Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("rem ", StringComparison.Ordinal))];

    /// <summary>Parts that are reached with a known word only.</summary>
    private static readonly string[] s_known = [":linux", ":linux_tests"];

    /// <summary>Values that a user types, or sets in the environment.</summary>
    private static readonly string[] s_typed = ["command", "word", "PulumiSdk"];

    [Fact]
    public void Each_jump_has_one_target_and_each_label_is_reached()
    {
        var labels = s_code.Where(line => line.StartsWith(':')).Select(line => line[1..]).ToList();
        var targets = s_code.SelectMany(line => Jump().Matches(line)).Select(jump => jump.Groups["label"].Value).ToHashSet();
        Assert.Equal(labels.Distinct(StringComparer.OrdinalIgnoreCase), labels);
        Assert.Equal(labels.Order(), targets.Order());
    }

    /// <summary>The labels below are in the middle of what the line before them does.</summary>
    [Fact]
    public void Nothing_runs_into_another_part()
    {
        var reached = s_code.Index()
            .Where(line => line.Item.StartsWith(':') && !End().IsMatch(s_code[line.Index - 1]))
            .Select(line => line.Item);
        Assert.Equal([":kinds", ":remember"], reached);
    }

    /// <summary>A command that is missing here would be called unknown, and what it needs would not be said.</summary>
    [Fact]
    public void Each_command_of_the_script_is_known_here_too()
    {
        var commands = File.ReadLines(Path.Combine(StackFiles.Root, "cli/shell/complete"))
            .Single(line => line.StartsWith("commands='", StringComparison.Ordinal)).Split('\'')[1].Split(' ');
        var known = s_code.SelectMany(line => List().Matches(line)).SelectMany(list => list.Groups["list"].Value.Split(' '))
            .Concat(s_code.SelectMany(line => Compared().Matches(line)).Select(match => match.Groups["word"].Value));
        Assert.Equal([], commands.Except(known));
    }

    [Fact]
    public void The_list_of_a_for_has_no_pattern_of_file_names() =>
        Assert.All(s_code.SelectMany(line => List().Matches(line)), list => Assert.DoesNotMatch("[?*]", list.Groups["list"].Value));

    [Fact]
    public void Call_gets_nothing_that_was_typed() =>
        Assert.DoesNotContain(s_code,
            line => line.StartsWith("call ", StringComparison.Ordinal) && line.Contains("%*", StringComparison.Ordinal));

    /// <summary>An ampersand in it would begin a command. Inside quotes, or after a comparison with known words, none can be.</summary>
    [Fact]
    public void What_was_typed_is_echoed_only_by_a_delayed_expansion_unless_it_is_a_known_word()
    {
        var echoed = s_code.Where(line => line.StartsWith("echo ", StringComparison.Ordinal)
            && s_typed.Any(name => line.Contains($"%{name}%", StringComparison.Ordinal)));
        Assert.All(echoed, line => Assert.Contains(Part(line), s_known));
        var delayed = s_code.Index().Where(line => line.Item.Contains('!', StringComparison.Ordinal)).ToList();
        Assert.Equal(3, delayed.Count);
        Assert.All(delayed, line => Assert.Equal("setlocal EnableDelayedExpansion", s_code[line.Index - 1]));
    }

    [Fact]
    public void Each_variable_is_set_by_the_file_or_by_windows()
    {
        var set = s_code.SelectMany(line => Assignment().Matches(line)).Select(match => match.Groups["name"].Value)
            .Concat(["errorlevel", "DATE"]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.All(s_code.SelectMany(line => Variable().Matches(line)).Select(match => match.Groups["name"].Value),
            name => Assert.Contains(name, set));
    }

    /// <summary>Quotes come in pairs, and an echo writes no file and starts no program.</summary>
    [Fact]
    public void Lines_are_closed_and_texts_have_no_operators()
    {
        Assert.All(s_code, line => Assert.True(line.Count(letter => letter == '"') % 2 == 0, line));
        Assert.All(s_code.Where(line => line.StartsWith("echo", StringComparison.Ordinal)),
            line => Assert.DoesNotMatch("[&|<>^]|[0-9]$", line.EndsWith(">&2", StringComparison.Ordinal) ? line[..^3] : $"{line} "));
    }

    /// <summary>cmd.exe does not find each label in a file with the line ends of Unix.</summary>
    [Fact]
    public void A_checkout_has_the_line_ends_of_windows() =>
        Assert.Matches(@"(?m)^(\*|infra)\.cmd\b.*\beol=crlf", File.ReadAllText(Path.Combine(StackFiles.Root, ".gitattributes")));

    private static string Part(string line) => s_code.Take(Array.IndexOf(s_code, line)).Last(above => above.StartsWith(':'));

    [GeneratedRegex(@"\b(goto |call :)(?<label>\w+)")]
    private static partial Regex Jump();

    [GeneratedRegex(@"^(exit /b\b.*|goto \w+)$")]
    private static partial Regex End();

    [GeneratedRegex(@"\bfor %%\w in \((?<list>[^')]*)\)")]
    private static partial Regex List();

    [GeneratedRegex(@"\bif /i ""%command%""==""(?<word>[^""]*)""")]
    private static partial Regex Compared();

    [GeneratedRegex(@"\bset (/p )?""(?<name>\w+)=")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"(?<!%)%(?<name>[A-Za-z]\w*)%")]
    private static partial Regex Variable();
}
