using System.Text;
using Infra.Components;
using Infra.Components.Catalog;
using Infra.Components.Settings;
using Infra.Components.Sizing;

namespace Infra.Tests.Unit.Catalog;

public sealed class EngineChoiceTests
{
    private static readonly ModelCatalog Catalog = ModelCatalog.Load();
    private static readonly ModelSpec Ministral = Catalog.Models["mistralai/Ministral-3-3B-Instruct-2512"];
    private static readonly ModelSpec Large = Catalog.Models["mistralai/Mistral-Large-3-675B-Instruct-2512"];

    [Theory]
    [InlineData(GpuVendor.Nvidia, EngineInstall.Container)]
    [InlineData(GpuVendor.Nvidia, EngineInstall.Venv)]
    [InlineData(GpuVendor.Amd, EngineInstall.Container)]
    public void The_newest_release_serves_every_model(GpuVendor vendor, EngineInstall install) => Assert.All(Catalog.Models.Values, model =>
        Assert.Equal("0.31.0", Catalog.NewestEngineFor(model, vendor, install, KvCacheType.Auto).Version));

    [Fact]
    public void The_official_image_of_0_30_cannot_serve_Mistral_3_and_the_venv_can()
    {
        var engine = Catalog.Engines["0.30.0"];
        var reason = Catalog.WhyNot(engine, Ministral, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto);
        Assert.Contains("transformers 5.17.0", reason, StringComparison.Ordinal);
        Assert.Null(Catalog.WhyNot(engine, Ministral, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Auto));
        Assert.Contains("transformers==5.16.1", engine.Package!.Requirements);
    }

    [Fact]
    public void The_breakage_of_0_30_is_of_its_family_alone()
    {
        var other = Ministral with { Family = "other" };
        Assert.Null(Catalog.WhyNot(Catalog.Engines["0.30.0"], other, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto));
    }

    [Fact]
    public void An_FP8_cache_is_refused_for_Ministral_and_warned_of_for_Large_3()
    {
        var none = Assert.Throws<ConfigurationException>(() =>
            Catalog.NewestEngineFor(Ministral, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8, "endpoints.chat.kvCache"));
        Assert.All(Catalog.Engines.Keys, version => Assert.Contains($"vLLM {version}", none.Message, StringComparison.Ordinal));
        Assert.StartsWith("endpoints.chat.kvCache", none.Message, StringComparison.Ordinal);

        var engine = Catalog.NewestEngineFor(Large, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8);
        var cautions = EngineChoice.Cautions(engine, Large, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8);
        Assert.Contains(cautions, caution => caution.Contains("latent attention", StringComparison.Ordinal));
    }

    [Fact]
    public void Pip_packages_for_AMD_cards_are_not_known() => Assert.Contains(
        "no set of packages for AMD cards",
        Catalog.WhyNot(Catalog.Engines["0.31.0"], Ministral, GpuVendor.Amd, EngineInstall.Venv, KvCacheType.Auto),
        StringComparison.Ordinal);

    [Fact]
    public void A_release_without_a_known_digest_has_no_container() => Assert.Contains(
        "no image for NVIDIA cards",
        Catalog.WhyNot(Catalog.Engines["0.29.0"], Ministral, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto),
        StringComparison.Ordinal);

    [Fact]
    public void A_release_below_the_security_floor_is_refused_even_from_an_own_file()
    {
        var catalog = Catalog.Add(Encoding.UTF8.GetBytes("""{"engines": [{"version": "0.27.1", "package": {"vendor": "nvidia", "requirements": ["vllm==0.27.1"], "resolvedBefore": "2026-08-12"}}]}"""), "own.json");
        var reason = catalog.WhyNot(catalog.Engines["0.27.1"], Ministral, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Auto);
        Assert.StartsWith("vLLM 0.27.1 is below 0.28.0", reason, StringComparison.Ordinal);
        Assert.Equal("0.31.0", catalog.NewestEngineFor(Ministral, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Auto).Version);
    }

    [Fact]
    public void A_model_that_needs_a_newer_release_is_not_served_by_an_older()
    {
        var model = Ministral with { MinimumEngine = "0.31.0" };
        Assert.Contains("the first that serves", Catalog.WhyNot(Catalog.Engines["0.30.0"], model, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Auto), StringComparison.Ordinal);
    }

    [Fact]
    public void Newest_means_by_number_not_by_text()
    {
        var catalog = Catalog.Add(Encoding.UTF8.GetBytes("""{"engines": [{"version": "0.100.0", "basedOn": "0.31.0", "package": null}]}"""), "own.json");
        Assert.Equal("0.100.0", catalog.NewestEngineFor(Ministral, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto).Version);
    }
}
