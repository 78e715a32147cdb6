namespace Infra.Planning.Catalog;

/// <summary>Whether a vLLM release can serve a model, and with which warnings.</summary>
public static class EngineChoice
{
    /// <summary>The first reason against it, as a sentence without the final period; null: there is none.</summary>
    public static string? WhyNot(
        EngineRelease engine, ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, SecurityFloor floor)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(floor);
        if (IsBelow(engine.Version, floor.Version))
        {
            return $"vLLM {engine.Version} is below {floor.Version}, the oldest allowed release: {floor.Reason}";
        }

        if (IsBelow(engine.Version, model.MinimumEngine))
        {
            return $"vLLM {engine.Version} is below {model.MinimumEngine}, the first release that serves {model.Id}";
        }

        return NotInstallable(engine, vendor, install)
            ?? Hits(engine, model, vendor, install, kv, BreakageEffect.Refused).FirstOrDefault();
    }

    /// <summary>Warnings for a release that serves the model, each as a sentence without the final period.</summary>
    /// <param name="engine">The release.</param>
    /// <param name="model">The model.</param>
    /// <param name="vendor">Vendor of the card.</param>
    /// <param name="install">Installation method of vLLM.</param>
    /// <param name="kv">KV cache type.</param>
    /// <param name="card">Architecture of the card; null: not selected yet.</param>
    public static IReadOnlyList<string> Cautions(
        EngineRelease engine, ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, GpuArchitecture? card = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(model);
        return
        [
            .. Hits(engine, model, vendor, install, kv, BreakageEffect.Caution, card),
            .. from breakage in engine.Breakages
               where breakage.Effect != BreakageEffect.Note
               let lacking = breakage.Lacking(model, vendor, install, kv, card)
               where lacking is not null
               select $"{Describe(engine, breakage)}. This affects {Affected(breakage)}, and the row of {model.Id} does not say whether "
                   + $"it is one: set {lacking}",
        ];
    }

    private static string? NotInstallable(EngineRelease engine, GpuVendor vendor, EngineInstall install)
    {
        var cards = vendor == GpuVendor.Amd ? "AMD" : "NVIDIA";
        return install switch
        {
            EngineInstall.Container when !engine.Images.ContainsKey(vendor) =>
                $"vLLM {engine.Version} has no image with a known digest for {cards} cards",
            EngineInstall.Venv when engine.Package?.Vendor != vendor =>
                $"vLLM {engine.Version} has no known working set of packages for {cards} cards",
            _ => null,
        };
    }

    private static IEnumerable<string> Hits(
        EngineRelease engine, ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, BreakageEffect effect,
        GpuArchitecture? card = null) =>
        engine.Breakages
            .Where(breakage => breakage.Effect == effect && breakage.Hits(model, vendor, install, kv, card))
            .Select(breakage => Describe(engine, breakage));

    private static string Affected(EngineBreakage breakage) =>
        string.Join(" and ", (breakage.Architectures ?? []).Concat(breakage.TextModels ?? []));

    private static string Describe(EngineRelease engine, EngineBreakage breakage) =>
        $"vLLM {engine.Version}: {breakage.Problem} ({breakage.Source})";

    private static bool IsBelow(string version, string floor) => Version.Parse(version) < Version.Parse(floor);
}
