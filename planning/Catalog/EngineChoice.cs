namespace Infra.Planning.Catalog;

/// <summary>What is known for and against serving a model with a release of vLLM.</summary>
public static class EngineChoice
{
    /// <summary>The first reason against it, as a sentence without its full stop; null: none is known.</summary>
    public static string? WhyNot(
        EngineRelease engine, ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, SecurityFloor floor)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(floor);
        if (IsBelow(engine.Version, floor.Version))
        {
            return $"vLLM {engine.Version} is below {floor.Version}, the oldest that is served: {floor.Reason}";
        }

        if (IsBelow(engine.Version, model.MinimumEngine))
        {
            return $"vLLM {engine.Version} is below {model.MinimumEngine}, the first that serves {model.Id}";
        }

        return NotInstallable(engine, vendor, install)
            ?? Hits(engine, model, vendor, install, kv, BreakageEffect.Refused).FirstOrDefault();
    }

    /// <summary>What to mind with a release that serves the model, each as a sentence without its full stop.</summary>
    /// <param name="engine">The release.</param>
    /// <param name="model">The model.</param>
    /// <param name="vendor">Whose card it is.</param>
    /// <param name="install">How vLLM is installed.</param>
    /// <param name="kv">Type of the KV cache.</param>
    /// <param name="card">Generation of the card; null: not chosen yet.</param>
    public static IReadOnlyList<string> Cautions(
        EngineRelease engine, ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, GpuArchitecture? card = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(model);
        return
        [
            .. Hits(engine, model, vendor, install, kv, BreakageEffect.Caution, card),
            .. engine.Breakages
                .Where(breakage => breakage.MayHit(model, vendor, install, kv, card))
                .Select(breakage => $"{Told(engine, breakage)}. This holds for {string.Join(" and ", breakage.Architectures!)}, and the row of {model.Id} does not say what it is: "
                    + "architecture.name, from architectures in its config.json"),
        ];
    }

    private static string? NotInstallable(EngineRelease engine, GpuVendor vendor, EngineInstall install)
    {
        var cards = vendor == GpuVendor.Amd ? "AMD" : "NVIDIA";
        return install switch
        {
            EngineInstall.Container when !engine.Images.ContainsKey(vendor) =>
                $"vLLM {engine.Version} has no image for {cards} cards whose digest is known",
            EngineInstall.Venv when engine.Package?.Vendor != vendor =>
                $"vLLM {engine.Version} has no set of packages for {cards} cards that is known to work",
            _ => null,
        };
    }

    private static IEnumerable<string> Hits(
        EngineRelease engine, ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, BreakageEffect effect, GpuArchitecture? card = null) =>
        engine.Breakages
            .Where(breakage => breakage.Effect == effect && breakage.Hits(model, vendor, install, kv, card))
            .Select(breakage => Told(engine, breakage));

    private static string Told(EngineRelease engine, EngineBreakage breakage) => $"vLLM {engine.Version}: {breakage.Problem} ({breakage.Source})";

    private static bool IsBelow(string version, string floor) => Version.Parse(version) < Version.Parse(floor);
}
