using System.Globalization;

namespace Infra.Planning.Errors;

/// <summary>One command of the Pulumi CLI that changes the stack config.</summary>
/// <param name="Path">Path of the setting, as in <see cref="ConfigPath"/>; a key without <c>--path</c> if <see cref="IsKey"/>.</param>
internal abstract record ConfigStep(string Path)
{
    /// <summary>Whether the path is a whole key, which may contain dots, brackets and a namespace.</summary>
    public bool IsKey { get; init; }

    protected string At => IsKey ? ConfigPath.KeyWord(Path) : $"--path {ConfigPath.Quoted(Path)}";
}

/// <summary>Sets a setting.</summary>
/// <param name="Path">As in <see cref="ConfigStep"/>.</param>
/// <param name="Word">The value as a word of a shell.</param>
/// <param name="Value">The value that the shell makes of it, or one like it.</param>
internal sealed record SetStep(string Path, string Word, string Value) : ConfigStep(Path)
{
    // pkg/cmd/pulumi/config/config.go, looksLikeSecret: the CLI refuses what could be chance, 40 bits of it, below such a name.
    private static readonly string[] s_secretNames = ["pass", "pwd", "secret", "token"];
    private const int LongestGuess = 6;

    private bool LooksSecret => Value.Length > LongestGuess
        && s_secretNames.Any(name => Path.Contains(name, StringComparison.OrdinalIgnoreCase));

    // A word with a leading hyphen would be an option.
    public override string ToString() =>
        $"pulumi config set {(LooksSecret ? "--plaintext " : "")}{At} {(Word.StartsWith('-') ? "-- " : "")}{Word}";
}

/// <summary>Sets an encrypted setting; the CLI asks for the value.</summary>
/// <param name="Path">As in <see cref="ConfigStep"/>.</param>
internal sealed record SetSecretStep(string Path) : ConfigStep(Path)
{
    public override string ToString() => $"pulumi config set --secret {At}";
}

/// <summary>Removes a setting and all that is below it.</summary>
/// <param name="Path">As in <see cref="ConfigStep"/>.</param>
internal sealed record RemoveStep(string Path) : ConfigStep(Path)
{
    public override string ToString() => $"pulumi config rm {At}";
}

/// <summary>The commands that fix one error, in their order.</summary>
internal sealed record ConfigFix(params IReadOnlyList<ConfigStep> Steps)
{
    /// <summary>The list and index of an element that the fix removes and does not replace; null for any other fix.</summary>
    public (string List, int Index)? RemovedElement =>
        Steps is [RemoveStep { IsKey: false } step] && ConfigPath.Parse(step.Path) is [.. var list, int index]
            ? (ConfigPath.Of(list), index)
            : null;

    public static ConfigFix Set(string path, string value) => new(SetTo(path, value));

    /// <summary>Sets it to an example, which may be a command substitution.</summary>
    public static ConfigFix Example(string path) => new(ExampleStep(path));

    public static ConfigFix Remove(string path) => new(new RemoveStep(path));

    public static SetStep SetTo(string path, string value) => new(path, ShellWord.Of(value), value);

    public static SetStep SetTo(string path, int value) => SetTo(path, value.ToString(CultureInfo.InvariantCulture));

    public static SetStep ExampleStep(string path) => new(path, ConfigExamples.At(path), ConfigExamples.Sample(path));

    public ConfigFix Then(ConfigFix next) => new([.. Steps, .. next.Steps]);

    public override string ToString() => string.Join(" && ", Steps);
}
