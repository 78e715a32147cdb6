using System.Text;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

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
    public void The_breakage_of_0_30_is_of_the_class_whatever_the_family()
    {
        var other = Ministral with { Family = "other" };
        Assert.Contains("transformers 5.17.0", OfImage030(other), StringComparison.Ordinal);
        Assert.Contains("transformers 5.17.0", OfImage030(other with
        {
            Formats = [WeightsFormat.Hf],
            Architecture = other.Architecture with { Name = "Mistral3ForConditionalGeneration" }
        }), StringComparison.Ordinal);
        Assert.Null(OfImage030(other with { Architecture = other.Architecture with { Vision = null } }));
        Assert.Null(OfImage030(other with
        {
            Formats =
            [WeightsFormat.Hf],
            Architecture = other.Architecture with { Name = "Qwen3VLForConditionalGeneration" }
        }));
    }

    [Fact]
    public void A_row_of_ones_own_in_Mistrals_format_with_a_vision_tower_is_refused_on_0_30()
    {
        var catalog = Catalog.Add(Encoding.UTF8.GetBytes("""
            {"models": [{
              "id": "acme/small-4", "precision": "fp8", "maxContext": 262144, "formats": ["mistral"],
              "revision": "0123456789abcdef0123456789abcdef01234567",
              "flags": ["--tokenizer-mode", "mistral", "--config-format", "mistral", "--load-format", "mistral"],
              "architecture": {
                "layers": 36, "hiddenSize": 4096, "attentionHeads": 32, "vocabularySize": 131072,
                "mla": { "queryLoraRank": 1024, "keyValueLoraRank": 256, "nopeHeadDim": 64, "ropeHeadDim": 64, "valueHeadDim": 128 },
                "moe": { "experts": 128, "activeExperts": 4, "sharedExperts": 1, "expertFeedForwardSize": 2048 },
                "vision": { "parameters": 420000000, "layers": 24, "hiddenSize": 1024, "patchSize": 14, "imageSize": 1540 }
              }
            }]}
            """), "own.json");
        var small4 = catalog.Models["acme/small-4"];
        Assert.Contains("transformers 5.17.0", OfImage030(small4), StringComparison.Ordinal);
        Assert.Equal("0.31.0", catalog.NewestEngineFor(small4, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto).Version);
    }

    [Fact]
    public void A_breakage_that_may_affect_a_row_without_a_class_is_a_caution()
    {
        var unknown = Ministral with
        {
            Family = "other",
            Formats = [WeightsFormat.Hf],
            Architecture = Ministral.Architecture with { Name = null },
        };
        Assert.Null(OfImage030(unknown));
        var cautions = EngineChoice.Cautions(Catalog.Engines["0.30.0"], unknown, GpuVendor.Nvidia, EngineInstall.Container,
            KvCacheType.Auto);
        Assert.Contains(cautions, caution => caution.Contains("architecture.name", StringComparison.Ordinal));
        Assert.DoesNotContain(
            EngineChoice.Cautions(Catalog.Engines["0.30.0"], unknown, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Auto),
            caution => caution.Contains("architecture.name", StringComparison.Ordinal));
    }

    [Fact]
    public void A_caution_may_be_of_a_generation_of_cards() => Assert.All(Catalog.Engines.Values, engine =>
    {
        bool Warned(ModelSpec model, GpuArchitecture? card) =>
            EngineChoice.Cautions(engine, model, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Auto, card)
            .Any(caution => caution.Contains("FLASHINFER", StringComparison.Ordinal));
        Assert.True(Warned(Ministral, GpuArchitecture.Blackwell));
        Assert.False(Warned(Ministral, GpuArchitecture.Hopper));
        Assert.False(Warned(Ministral, null));
        Assert.False(Warned(Large, GpuArchitecture.Blackwell));
    });

    [Theory]
    [InlineData("--tool-call-parser mistral", true)]
    [InlineData("--tool_call_parser=mistral", true)]
    [InlineData("--tool-call-parser hermes", false)]
    [InlineData("", false)]
    public void A_caution_may_be_of_a_flag(string flags, bool warned)
    {
        var catalog = Catalog.Add(Encoding.UTF8.GetBytes("""
            {"engines": [{"version": "0.100.0", "basedOn": "0.31.0", "package": null,
              "breakages": [{"families": ["*"], "effect": "caution", "flag": "--tool-call-parser mistral", "problem": "mind it"}]}]}
            """), "own.json");
        var model = Ministral with { Family = "other", Flags = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
        var cautions = EngineChoice.Cautions(catalog.Engines["0.100.0"], model, GpuVendor.Nvidia, EngineInstall.Container,
            KvCacheType.Auto);
        Assert.Equal(warned, cautions.Any(caution => caution.Contains("mind it", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"problem": "x"}""", "name families, architectures or textModels")]
    [InlineData("""{"families": ["*"], "gpuArchitectures": ["blackwell"], "problem": "x"}""", "requires the effect caution")]
    [InlineData("""{"architectures": ["no class!"], "problem": "x"}""", "must be a class of vLLM's")]
    [InlineData("""{"textModels": ["Ministral 3"], "problem": "x"}""", "must be a model_type")]
    [InlineData("""{"families": ["*"], "attention": "sliding", "problem": "x"}""", "must be one of grouped, latent")]
    [InlineData("""{"families": ["*"], "effect": "caution", "gpuArchitectures": ["volta"], "problem": "x"}""", "must be one of")]
    public void A_breakage_that_could_never_hold_is_refused(string breakage, string words) => Assert.Contains(
        words,
        Assert.Throws<ConfigurationException>(() => Catalog.Add(
            Encoding.UTF8.GetBytes("{\"engines\": [{\"version\": \"0.100.0\", \"basedOn\": \"0.31.0\", \"package\": null, \"breakages\": ["
                + breakage + "]}]}"), "own.json")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void No_built_in_defect_is_of_a_family() => Assert.All(
        Catalog.Engines.Values.SelectMany(engine => engine.Breakages),
        breakage => Assert.True(breakage.Families is null or ["*"], breakage.Problem));

    /// <summary>
    /// Whatever its family and the vendor's name for it: the language model decides, its width (garbage was seen with 3B only), and the
    /// kind of attention.
    /// </summary>
    [Theory]
    [InlineData("mistralai/Ministral-3-3B-Reasoning-2512", "refused")]
    [InlineData("mistralai/Ministral-3-8B-Instruct-2512", "caution")]
    [InlineData("mistralai/Ministral-3-14B-Reasoning-2512", "caution")]
    [InlineData("mistralai/Mistral-Medium-3.5-128B", "caution")]
    [InlineData("mistralai/Devstral-Small-2-24B-Instruct-2512", "caution")]
    [InlineData("mistralai/Mistral-Small-3.2-24B-Instruct-2506", "served")]
    [InlineData("mistralai/Magistral-Small-2509", "served")]
    [InlineData("mistralai/Mistral-Small-4-119B-2603", "caution")]
    [InlineData("mistralai/Mistral-Small-4-119B-2603-NVFP4", "caution")]
    [InlineData("mistralai/Mistral-Large-3-675B-Instruct-2512", "caution")]
    public void An_FP8_cache_follows_from_the_architecture(string id, string expected) => Assert.All(Catalog.Engines.Values, engine =>
    {
        foreach (var model in new[] { Catalog.Models[id], Catalog.Models[id] with { Family = "other" } })
        {
            var refusal = EngineChoice.WhyNot(engine, model with { MinimumEngine = "0.12.0" }, GpuVendor.Nvidia, EngineInstall.Venv,
                KvCacheType.Fp8, Catalog.SecurityFloor);
            var cautions = EngineChoice.Cautions(engine, model, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Fp8);
            Assert.Equal(expected, refusal is not null ? "refused" : cautions.Count > 0 ? "caution" : "served");
            Assert.Empty(EngineChoice.Cautions(engine, model, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Auto));
        }
    });

    [Theory]
    [InlineData("Mistral3ForConditionalGeneration", null, true)]
    [InlineData("Mistral3ForConditionalGeneration", "mistral", false)]
    [InlineData("Qwen3VLForConditionalGeneration", null, false)]
    public void A_row_that_does_not_name_its_language_model_is_warned_with_the_member(string name, string? textModel, bool warned)
    {
        var model = Ministral with
        {
            Formats = [WeightsFormat.Hf],
            Architecture = Ministral.Architecture with { Name = name, TextModel = textModel },
        };
        var cautions = EngineChoice.Cautions(
            Catalog.Engines["0.31.0"], model, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8);
        Assert.Equal(warned, cautions.Any(caution => caution.Contains("set architecture.textModel", StringComparison.Ordinal)));
        Assert.Null(Catalog.WhyNot(Catalog.Engines["0.31.0"], model, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8));
    }

    [Fact]
    public void A_note_is_neither_a_reason_nor_a_warning()
    {
        var notes = Catalog.Engines["0.31.0"].Breakages.Where(breakage => breakage.Effect == BreakageEffect.Note).ToArray();
        Assert.Contains(notes, note => note.Source.Contains("47734", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Problem.Contains("toolStrictLevel", StringComparison.Ordinal));
        Assert.All(notes, note => Assert.True(note.Hits(Ministral, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto)));
        Assert.Empty(EngineChoice.Cautions(
            Catalog.Engines["0.31.0"], Ministral, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto, GpuArchitecture.Hopper));
    }

    [Fact]
    public void An_FP8_cache_is_refused_for_Ministral_3B_and_warned_of_for_Large_3()
    {
        var none = Assert.Throws<ConfigurationException>(() =>
            Catalog.NewestEngineFor(Ministral, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8, "endpoints.chat.kvCacheDtype"));
        Assert.All(Catalog.Engines.Keys, version => Assert.Contains($"vLLM {version}", none.Message, StringComparison.Ordinal));
        Assert.StartsWith("endpoints.chat.kvCacheDtype", none.Message, StringComparison.Ordinal);

        var engine = Catalog.NewestEngineFor(Large, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8);
        var cautions = EngineChoice.Cautions(engine, Large, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8);
        Assert.Contains(cautions, caution => caution.Contains("latent attention", StringComparison.Ordinal));
    }

    [Fact]
    public void Pip_packages_for_AMD_cards_are_not_known() => Assert.Contains(
        "no known working set of packages for AMD cards",
        Catalog.WhyNot(Catalog.Engines["0.31.0"], Ministral, GpuVendor.Amd, EngineInstall.Venv, KvCacheType.Auto),
        StringComparison.Ordinal);

    [Fact]
    public void A_release_without_a_known_digest_has_no_container() => Assert.Contains(
        "no image with a known digest for NVIDIA cards",
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
        Assert.Contains("the first release that serves",
            Catalog.WhyNot(Catalog.Engines["0.30.0"], model, GpuVendor.Nvidia, EngineInstall.Venv, KvCacheType.Auto),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Newest_means_by_number_not_by_text()
    {
        var catalog = Catalog.Add(
            Encoding.UTF8.GetBytes("""{"engines": [{"version": "0.100.0", "basedOn": "0.31.0", "package": null}]}"""), "own.json");
        Assert.Equal("0.100.0", catalog.NewestEngineFor(Ministral, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto).Version);
    }

    private static string? OfImage030(ModelSpec model) =>
        Catalog.WhyNot(Catalog.Engines["0.30.0"], model, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Auto);
}
