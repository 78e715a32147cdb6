using Infra.Planning.Errors;

namespace Infra.Lab.Laboratories;

/// <summary>User errors of lab commands.</summary>
internal static class LaboratoryMistake
{
    public static ConfigurationException Of(string key, string? value, string problem, string fix) =>
        new(new ConfigurationMistake(key, value, problem, fix));
}
