using System.Globalization;
using System.Text;
using CsCheck;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Placements;

namespace Infra.Tests.Unit.Catalog;

/// <summary>Another quantization of a known model, by two lines: the model, and the bytes.</summary>
public sealed class QuantizationTests
{
    private const string Small4 = "mistralai/Mistral-Small-4-119B-2603";

    private static readonly ModelCatalog Catalog = ModelCatalog.Load();
    private static readonly string[] s_words = ["NVFP4", "AWQ", "FP8", "BF16", "v2"];

    /// <summary>
    /// <c>params.json</c> of the vendor's own: <c>quantization_config</c> with compressed-tensors, nvfp4-pack-quantized, groups of 16,
    /// attention, router, vision and head ignored; 13 shards of 70,801,959,560 bytes of tensors (2026-10-04).
    /// </summary>
    [Fact]
    public void The_vendors_own_four_bits_are_the_built_in_row()
    {
        var own = Add($$"""{"id": "mistralai/Mistral-Small-4-119B-NVFP4", "basedOn": "{{Small4}}", "weightBytes": 70801959560}""");
        var known = Catalog.Models[$"{Small4}-NVFP4"];
        Assert.Equal(
            (known.Precision, known.WeightBytes, known.Parameters, known.MaxContext, known.ServedFormat, known.EngineClass),
            (own.Precision, own.WeightBytes, own.Parameters, own.MaxContext, own.ServedFormat, own.EngineClass));
        Assert.Equal(known.Flags, own.Flags);
        Assert.Equal(known.Hardware, own.Hardware);
        Assert.Equal(known.Architecture with { Name = null }, own.Architecture with { Name = null });
    }

    /// <summary>
    /// <c>config.json</c> of cyankiwi's Ministral 3 14B: compressed-tensors, pack-quantized, symmetric integers of 4 bits in groups of 32,
    /// the vision tower ignored, class Mistral3ForConditionalGeneration (public registry of 2026-08-29, 9.7 GiB).
    /// </summary>
    [Fact]
    public void Four_bit_integers_of_the_community_are_the_copy_of_transformers()
    {
        var own = Add("""
            {"id": "cyankiwi/Ministral-3-14B-Instruct-2512-AWQ-4bit", "basedOn": "mistralai/Ministral-3-14B-Instruct-2512",
             "weightBytes": 10405058560}
            """);
        Assert.Equal((Precision.Int4, WeightsFormat.Hf), (own.Precision, own.ServedFormat));
        Assert.Equal("Mistral3ForConditionalGeneration", own.EngineClass);
        Assert.Equal(["--enable-auto-tool-choice", "--tool-call-parser", "mistral"], own.Flags);
        Assert.Equal(Support.WeightOnly, own.Hardware[GpuArchitecture.Blackwell]);
        Assert.Contains(EngineChoice.Cautions(Catalog.Engines["0.31.0"], own, GpuVendor.Nvidia, EngineInstall.Container, KvCacheType.Fp8),
            caution => caution.Contains("48945", StringComparison.Ordinal));
        // 9.7 GiB of weights leave room for 32,768 tokens on a card of 20 GB, the vendor's 14.6 GiB in FP8 do not.
        Assert.True(Fits(own, "gpu-4000adax1-20gb", 32768));
        Assert.False(Fits(Catalog.Models["mistralai/Ministral-3-14B-Instruct-2512"], "gpu-4000adax1-20gb", 32768));
    }

    /// <summary>
    /// <c>config.json</c> of NVIDIA's Medium 3.5: modelopt, MIXED_PRECISION, feed-forward layers 4 to 86 in NVFP4, the edge layers and all
    /// attention in FP8, the head in BF16; 95,224,812,960 bytes of safetensors (2026-07-27), where all linear layers in NVFP4 have 80.3e9.
    /// </summary>
    [Fact]
    public void A_mixed_format_has_the_bytes_that_it_says_and_the_licence_of_what_it_is_made_of()
    {
        const string Medium = "mistralai/Mistral-Medium-3.5-128B";
        var own = Add($$"""{"id": "nvidia/Mistral-Medium-3.5-128B-NVFP4", "basedOn": "{{Medium}}", "weightBytes": 95224812960}""");
        Assert.Equal((Precision.Nvfp4, 95_224_812_960, WeightsFormat.Hf), (own.Precision, own.WeightBytes, own.ServedFormat));
        Assert.Equal(Support.Native, own.Hardware[GpuArchitecture.Blackwell]);
        Assert.False(own.Hardware.ContainsKey(GpuArchitecture.Cdna3));
        Assert.Equal((Catalog.Models[Medium].Licence, Catalog.Models[Medium].LicenceTerms, Catalog.Models[Medium].LicenceUrl),
            (own.Licence, own.LicenceTerms, own.LicenceUrl));
        Assert.Null(own.TestedEngine);
        Assert.True(Fits(own, "gpu-h200x1-141gb", 8192));
        Assert.False(Fits(Catalog.Models[Medium], "gpu-h200x1-141gb", 8192));
    }

    [Theory]
    [InlineData("acme/small-4", 70801959560, "does not match weightBytes 70801959560, 0.59 bytes per parameter: it has 0.9 to 1.9")]
    [InlineData("acme/small-4-NVFP4", 238802597888, "does not match weightBytes 238802597888, 2 bytes per parameter: it has 0.25 to 1.8")]
    [InlineData("acme/small-4-MXFP4", 70801959560, "set the precision of this repository, or its bytes")]
    public void Bytes_that_cannot_be_of_the_precision_are_refused_with_what_to_set(string id, long bytes, string problem)
    {
        var row = string.Create(CultureInfo.InvariantCulture, $$"""{"id": "{{id}}", "basedOn": "{{Small4}}", "weightBytes": {{bytes}}}""");
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Add(row)).Errors);
        Assert.EndsWith("precision", error.Key, StringComparison.Ordinal);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/Model-NVFP4", "nvfp4")]
    [InlineData("a/model-fp4-instruct", "nvfp4")]
    [InlineData("a/model-MXFP4", null)]
    [InlineData("a/Model-AWQ-4bit", "int4")]
    [InlineData("a/model.w4a16", "int4")]
    [InlineData("a/Model-GPTQ-Int4", "int4")]
    [InlineData("a/Model-FP8-dynamic", "fp8")]
    [InlineData("a/Model-BF16", "bf16")]
    [InlineData("awq/model", null)]
    [InlineData("a/model-W8A8", null)]
    public void An_id_names_the_precision_after_its_owner(string id, string? precision) =>
        Assert.Equal(precision, RowQuantization.PrecisionIn(id));

    [Fact]
    public void A_mirror_with_its_own_bytes_keeps_the_precision_of_what_it_mirrors()
    {
        var mirror = Add($$"""{"id": "acme/small-4-FP8", "basedOn": "{{Small4}}", "weightBytes": 120935000000}""");
        Assert.Equal((Precision.Fp8, WeightsFormat.Mistral), (mirror.Precision, mirror.ServedFormat));
        Assert.Equal(Catalog.Models[Small4].Hardware, mirror.Hardware);
    }

    [Fact]
    public void A_fine_tune_under_another_licence_has_none_of_the_terms()
    {
        var own = Add("""{"id": "acme/m", "basedOn": "mistralai/Mistral-Medium-3.5-128B", "licence": "Commercial"}""");
        Assert.Equal(("Commercial", null, null), (own.Licence, own.LicenceTerms, own.LicenceUrl));
    }

    /// <summary>Of any model and any bytes: the row has exactly those bytes, in a precision that can have them, or is refused.</summary>
    [Fact]
    public void A_row_with_bytes_of_its_own_is_right_or_refused() => Gen.Select(
        Gen.Int[0, Catalog.Models.Count - 1], Gen.Double[0.2, 5], Gen.Int[0, s_words.Length - 1]).Sample(
        (index, perParameter, wordIndex) =>
        {
            var (model, word) = (Catalog.Models.Values.ElementAt(index), s_words[wordIndex]);
            var bytes = (long)(model.Parameters * perParameter);
            var row = string.Create(CultureInfo.InvariantCulture,
                $$"""{"id": "acme/own-{{word}}", "basedOn": "{{model.Id}}", "weightBytes": {{bytes}}}""");
            try
            {
                var own = Add(row);
                Assert.Equal(bytes, own.WeightBytes);
                Assert.InRange(perParameter, own.Precision switch { Precision.Bf16 => 1.79, Precision.Fp8 => 0.89, _ => 0.24 },
                    own.Precision switch { Precision.Bf16 => 4.6, Precision.Fp8 => 1.91, _ => 1.81 });
            }
            catch (ConfigurationException refusal)
            {
                Assert.All(refusal.Errors, error => Assert.Contains("bytes per parameter", error.Problem, StringComparison.Ordinal));
            }
        }, iter: 300);

    private static bool Fits(ModelSpec model, string size, int context) => Placer.Fit(
        new() { Model = model, Engine = Catalog.Engines["0.31.0"], ContextLength = context, Concurrency = 1, Size = size },
        Catalog.Sizes[size], Catalog).Fits;

    private static ModelSpec Add(string row)
    {
        var catalog = Catalog.Add(Encoding.UTF8.GetBytes($$"""{"models": [{{row}}]}"""), "own.json");
        return catalog.Models.Values.Single(model => !Catalog.Models.ContainsKey(model.Id));
    }
}
