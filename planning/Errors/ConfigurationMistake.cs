namespace Infra.Planning.Errors;

/// <summary>What an operator got wrong: the key, the value, what is allowed, and the command that fixes it.</summary>
/// <param name="Key">Path of the setting as the Pulumi CLI spells it: <c>endpoints.chat.model</c>; or a command-line flag.</param>
/// <param name="Value">The offending value; null when it is missing.</param>
/// <param name="Problem">What is wrong with it and what is allowed, as the rest of a sentence: <c>is not in the catalog; choose one of a, b</c>.</param>
/// <param name="Fix">A command that can be pasted.</param>
public sealed record ConfigurationMistake(string Key, object? Value, string Problem, string Fix)
{
    /// <summary>A mistake that <c>pulumi config set</c> mends, or, for a key that is a flag, the command line.</summary>
    public static ConfigurationMistake InStackConfig(string key, object? value, string problem, string example = "<value>") =>
        new(key, value, problem, key.StartsWith("--", StringComparison.Ordinal)
            ? $"./infra plan {key} {example}"
            : $"pulumi config set --path {SettingPath.Quoted(key)} {example}");

    public override string ToString() =>
        Value is null ? $"{Key} {Problem}\n  fix: {Fix}" : $"{Key}: '{Value}' {Problem}\n  fix: {Fix}";
}
