using Infra.Planning.Errors;

namespace Infra.Lab.Stacks;

/// <summary>User errors of lab commands.</summary>
internal static class LabUserError
{
    public static ConfigurationException Of(string key, string? value, string problem, string fix) =>
        new(new UserError(key, value, problem, fix));
}
