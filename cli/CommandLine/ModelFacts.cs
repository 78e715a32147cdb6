using Infra.Planning.Catalog;

namespace Infra.Cli.CommandLine;

/// <summary>What the commands print of a model, whatever its hardware.</summary>
internal static class ModelFacts
{
    /// <summary>Name of a licence that an operator must read, what it asks and where it is; null: it is the usual one.</summary>
    public static string? Licence(ModelSpec model) => !model.HasUnusualLicence ? null
        : model.Licence + (model.LicenceTerms is { } terms ? $": {terms}" : "") + (model.LicenceUrl is { } url ? $" ({url})" : "");

    /// <summary>The newest release that was publicly seen serving it.</summary>
    public static string Tested(ModelSpec model) => model.TestedEngine is { } version
        ? $"seen on vLLM {version}"
        : "no public run known";
}
