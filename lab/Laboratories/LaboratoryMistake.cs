using Infra.Planning.Errors;

namespace Infra.Lab.Laboratories;

/// <summary>What the operator has to know and can mend; no trace belongs to it.</summary>
internal static class LaboratoryMistake
{
    public static ConfigurationException Of(string key, string? value, string problem, string fix) => new(new ConfigurationMistake(key, value, problem, fix));
}
