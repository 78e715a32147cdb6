namespace Infra.Planning.Errors;

/// <summary>
/// A user error: the key, the value, what is allowed, and the command that fixes it. Whatever looks like a secret is replaced in all of
/// them: a user may have written it anywhere, also as a key.
/// </summary>
/// <param name="Key">Path of the setting as the Pulumi CLI spells it: <c>endpoints.chat.model</c>; or a command-line flag.</param>
/// <param name="Value">The wrong value; null if it is missing.</param>
/// <param name="Problem">
/// The problem and the allowed values, as the rest of a sentence: <c>is not in the catalog; choose one of a, b</c>.
/// </param>
/// <param name="Fix">
/// A command that can be pasted; or options of the command line's <c>plan</c>, which start with <c>--</c>: the command line and the program
/// add the command.
/// </param>
public sealed record UserError(string Key, object? Value, string Problem, string Fix)
{
    /// <summary>A command with a secret in it must not be in a shell's history.</summary>
    private const string FixOfSecret = "remove it from the stack's file with an editor; if it is a real secret, revoke it";

    /// <summary>Pasted, a tab or an escape does something else.</summary>
    private const string FixOfControl = "edit the stack's file: it has a character that no command can have";

    public string Key { get; init => field = Line(value); } = Line(Key);

    public object? Value { get; init => field = Shown(value); } = Shown(Value);

    public string Problem { get; init => field = SecretWords.Without(value); } = SecretWords.Without(Problem);

    public string Fix { get; init => field = Pasted(value); } = Pasted(Fix);

    /// <summary>An error that <c>pulumi config set</c> fixes, or, if the key is a flag, the flag.</summary>
    public static UserError InStackConfig(string key, object? value, string problem, string example = "<value>") =>
        new(key, value, problem, key.StartsWith("--", StringComparison.Ordinal)
            ? $"{key} {example}"
            : $"pulumi config set --path {ConfigPath.Quoted(key)} {example}");

    public override string ToString() =>
        Value is null ? $"{Key} {Problem}\n  fix: {Fix}" : $"{Key}: '{Value}' {Problem}\n  fix: {Fix}";

    private static object? Shown(object? value) => value is string text ? Line(text) : value;

    private static string Line(string text) => ShownValue.OneLine(SecretWords.Without(text));

    private static string Pasted(string fix) =>
        SecretWords.Without(fix) != fix ? FixOfSecret : fix.Any(char.IsControl) ? FixOfControl : fix;
}
