using System.Text;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Catalog;

/// <summary>Members that an operator's catalog file may omit, and their defaults.</summary>
public sealed class OwnCatalogTests
{
    private const string Ministral = "mistralai/Ministral-3-8B-Instruct-2512";
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    [Fact]
    public void A_fine_tune_inherits_everything_but_what_is_true_of_only_one_repository()
    {
        var tuned = Add($$"""{"models": [{"id": "acme/my-ministral", "basedOn": "{{Ministral}}", "revision": "{{Commit}}"}]}""").Models["acme/my-ministral"];
        var parent = Catalog.Models[Ministral];
        Assert.Equal(Commit, tuned.Revision);
        Assert.Equal("own.json", tuned.Source);
        Assert.Null(tuned.Note);
        Assert.Equal((parent.Family, parent.Precision, parent.WeightBytes, parent.MaxContext),
            (tuned.Family, tuned.Precision, tuned.WeightBytes, tuned.MaxContext));
        Assert.Equal(parent.Architecture, tuned.Architecture);
        Assert.Equal(parent.Flags, tuned.Flags);
        Assert.Equal(parent.Hardware, tuned.Hardware);
    }

    [Fact]
    public void A_fine_tune_without_a_revision_has_none_rather_than_its_parents() =>
        Assert.Null(Add($$"""{"models": [{"id": "acme/m", "basedOn": "{{Ministral}}"}]}""").Models["acme/m"].Revision);

    [Fact]
    public void A_fine_tune_in_another_precision_has_its_own_bytes_and_hardware()
    {
        var tuned = Add($$"""{"models": [{"id": "acme/m", "basedOn": "{{Ministral}}", "precision": "bf16"}]}""").Models["acme/m"];
        Assert.Equal(17_836_052_480, tuned.WeightBytes);
        Assert.Equal(Support.Native, tuned.Hardware[GpuArchitecture.Ampere]);
    }

    [Fact]
    public void A_fine_tune_that_transformers_saved_is_not_looked_for_in_Mistrals_format()
    {
        var tuned = Add($$"""{"models": [{"id": "acme/m", "basedOn": "{{Ministral}}", "formats": ["hf"]}]}""").Models["acme/m"];
        Assert.Equal(WeightsFormat.Hf, tuned.ServedFormat);
        Assert.Equal(["--enable-auto-tool-choice", "--tool-call-parser", "mistral"], tuned.Flags);
    }

    [Fact]
    public void A_changed_number_of_the_architecture_changes_parameters_and_bytes()
    {
        var pruned = Add($$"""{"models": [{"id": "acme/m", "basedOn": "{{Ministral}}", "architecture": {"layers": 30, "vision": null} }]}""").Models["acme/m"];
        Assert.Null(pruned.Architecture.Vision);
        Assert.Equal(4096, pruned.Architecture.HiddenSize);
        Assert.Equal(WeightFormula.Parameters(pruned.Architecture), pruned.Parameters);
        Assert.True(pruned.Parameters < Catalog.Models[Ministral].Parameters);
    }

    [Theory]
    [InlineData("\"task\": \"embed\"", ModelTask.Embed)]
    [InlineData("\"task\": \"score\"", ModelTask.Score)]
    [InlineData("\"note\": \"none\"", ModelTask.Generate)]
    public void A_row_names_what_its_model_answers_with(string member, ModelTask task)
    {
        var rows = $$"""{"models": [{"id": "acme/m", "basedOn": "{{Ministral}}", {{member}}}, {"id": "acme/n", "basedOn": "acme/m"}]}""";
        Assert.Equal((task, task), (Add(rows).Models["acme/m"].Task, Add(rows).Models["acme/n"].Task));
    }

    [Fact]
    public void A_fine_tune_of_a_fine_tune_works_further_down_the_file()
    {
        var catalog = Add(
            $$"""{"models": [{"id": "acme/a", "basedOn": "{{Ministral}}", "maxContext": 32768}, {"id": "acme/b", "basedOn": "acme/a"}]}""");
        Assert.Equal(32768, catalog.Models["acme/b"].MaxContext);
    }

    [Fact]
    public void Replacing_a_row_can_pin_its_revision_and_keeps_its_place()
    {
        const string Unpinned = "mistralai/Mistral-Large-3-675B-Instruct-2512-BF16";
        var catalog =
            Add($$"""{"models": [{"id": "{{Unpinned}}", "basedOn": "{{Unpinned}}", "replaces": true, "revision": "{{Commit}}"}]}""");
        Assert.Equal(Commit, catalog.Models[Unpinned].Revision);
        Assert.Equal(Catalog.Models.Keys, catalog.Models.Keys);
        Assert.Null(Catalog.Models[Unpinned].Revision);
    }

    [Fact]
    public void A_model_by_its_numbers_gets_bytes_hardware_and_the_rest()
    {
        // The same numbers as Llama 3.1 8B, of which transformers counts 8,030,261,248 parameters.
        var model = Add(
            """
            {"models": [{"id": "acme/dense", "precision": "bf16", "architecture": {"layers": 32, "hiddenSize": 4096, "attentionHeads": 32, "keyValueHeads": 8,
              "feedForwardSize": 14336, "vocabularySize": 128256, "maxPositions": 131072}}]}
            """).Models["acme/dense"];
        Assert.Equal(8_030_261_248, model.Parameters);
        Assert.Equal(16_060_522_496, model.WeightBytes);
        Assert.Equal(128, model.Architecture.HeadDim);
        Assert.Equal(131_072, model.MaxContext);
        Assert.Equal(WeightsFormat.Hf, model.ServedFormat);
        Assert.Equal(("other", ModelUse.Instruct, "0.28.0"), (model.Family, model.Use, model.MinimumEngine));
        Assert.Empty(model.Flags);
        Assert.Equal(HardwareSupport.For(Precision.Bf16), model.Hardware);
    }

    [Fact]
    public void Given_bytes_are_used_unchanged() => Assert.Equal(9_000_000_000, Add(
        """
        {"models": [{"id": "acme/awq", "precision": "int4", "weightBytes": 9000000000, "maxContext": 40960, "architecture": {"layers": 40, "hiddenSize": 5120,
          "attentionHeads": 40, "keyValueHeads": 8, "headDim": 128, "feedForwardSize": 17408, "vocabularySize": 151936}}]}
        """).Models["acme/awq"].WeightBytes);

    [Fact]
    public void A_sparse_model_needs_no_dense_width_where_no_layer_is_dense()
    {
        // Qwen3 30B-A3B in INT4: vLLM loaded 15.68 GiB.
        var model = Add(
            """
            {"models": [{"id": "acme/sparse", "precision": "int4", "maxContext": 131072, "architecture": {"layers": 48, "hiddenSize": 2048, "attentionHeads": 32,
              "keyValueHeads": 4, "headDim": 128, "vocabularySize": 151936, "moe": {"experts": 128, "activeExperts": 8, "expertFeedForwardSize": 768}}}]}
            """).Models["acme/sparse"];
        Assert.InRange(model.WeightBytes / 1073741824.0, 15.68 * 0.98, 15.68 * 1.02);
        Assert.Equal((0, 0), (model.Architecture.Moe!.SharedExperts, model.Architecture.Moe.DenseLayers));
    }

    [Fact]
    public void A_model_with_latent_attention_needs_no_heads_of_keys_and_values()
    {
        var model = Add(
            """
            {"models": [{"id": "acme/mla", "precision": "fp8", "maxContext": 163840, "architecture": {"layers": 61, "hiddenSize": 7168, "attentionHeads": 128,
              "feedForwardSize": 18432, "vocabularySize": 129280,
              "mla": {"queryLoraRank": 1536, "keyValueLoraRank": 512, "nopeHeadDim": 128, "ropeHeadDim": 64, "valueHeadDim": 128},
              "moe": {"experts": 256, "activeExperts": 8, "sharedExperts": 1, "expertFeedForwardSize": 2048, "denseLayers": 3}}}]}
            """).Models["acme/mla"];

        // DeepSeek V3 has 671B.
        Assert.InRange(model.Parameters, 670.5e9, 671.5e9);
        Assert.Null(model.Architecture.HeadDim);
    }

    [Theory]
    [InlineData("RTX 3090", "nvidia", "ampere", 24, 23.28)]
    [InlineData("H100 NVL", "nvidia", "hopper", 94, 92.12)]
    [InlineData("L4", "nvidia", "ada", 24, 21.96)]
    [InlineData("MI300A", "amd", "cdna3", 128, 127.74)]
    public void Memory_of_a_card_that_was_not_measured_is_estimated_low(string name, string vendor, string architecture, int memory,
        double visible)
    {
        var gpu = Add($$"""{"gpus": [{"name": "{{name}}", "vendor": "{{vendor}}", "architecture": "{{architecture}}", "memoryGB": {{memory}}}]}""").Gpus[name];
        Assert.Equal(visible, gpu.VisibleGiB);
        Assert.False(gpu.VisibleMeasured);
        Assert.Null(gpu.BandwidthGBps);
    }

    [Fact]
    public void A_card_with_its_visible_memory_counts_as_measured()
    {
        var gpu = Add("""{"gpus": [{"name": "RTX 3090", "vendor": "nvidia", "architecture": "ampere", "memoryGB": 24, "visibleGiB": 23.56}]}""").Gpus["RTX 3090"];
        Assert.Equal((23.56, true), (gpu.VisibleGiB, gpu.VisibleMeasured));
    }

    [Theory]
    [InlineData("NVIDIA H200", 1, "gpu-h100x1-base")]
    [InlineData("NVIDIA H200", 8, "gpu-h100x8-base")]
    [InlineData("AMD MI300X", 8, "gpu-amd-base")]
    public void A_size_without_a_price_is_a_contract_and_boots_the_image_of_its_vendor(string gpu, int count, string image)
    {
        var size = Add($$"""{"sizes": [{"slug": "own", "gpu": "{{gpu}}", "gpuCount": {{count}}}]}""").Sizes["own"];
        Assert.Equal((Availability.Contract, image, false), (size.Availability, size.Image, size.FastInterconnect));
        Assert.Empty(size.Regions);
        Assert.Null(size.Vcpus);
    }

    [Fact]
    public void A_size_with_a_price_is_on_demand() => Assert.Equal(
        Availability.OnDemand,
        Add("""{"sizes": [{"slug": "own", "gpu": "NVIDIA H200", "gpuCount": 1, "usdPerHour": 3.2}]}""").Sizes["own"].Availability);

    [Fact]
    public void A_contract_price_can_be_put_on_a_known_plan()
    {
        const string Slug = "gpu-h200x8-1128gb-contracted";
        var size = Add($$"""{"sizes": [{"slug": "{{Slug}}", "basedOn": "{{Slug}}", "replaces": true, "usdPerHour": 21.5}]}""").Sizes[Slug];
        Assert.Equal(21.5m, size.UsdPerHour);
        Assert.Equal((8, Availability.Contract), (size.GpuCount, size.Availability));
    }

    [Fact]
    public void A_size_finds_a_card_of_the_same_file() => Assert.Equal(
        "Card",
        Add("""{"sizes": [{"slug": "own", "gpu": "Card", "gpuCount": 1}], "gpus": [{"name": "Card", "vendor": "nvidia", "architecture": "ada", "memoryGB": 16}]}""").Sizes["own"].Gpu);

    [Fact]
    public void A_mirror_takes_the_place_of_huggingface_co() => Assert.Equal(
        "https://mirror.example.com:8443/models",
        Add($$"""{"models": [{"id": "acme/m", "basedOn": "{{Ministral}}", "weightsUrl": "https://mirror.example.com:8443/models"}]}""").Models["acme/m"].WeightsUrl);

    [Fact]
    public void A_byte_order_mark_and_a_schema_are_no_errors() =>
        Assert.Equal(Catalog.Models.Keys, Catalog.Add("\uFEFF{\"$schema\": \"catalog.schema.json\"}"u8.ToArray(), "own.json").Models.Keys);

    [Fact]
    public void Two_files_can_be_added_one_after_the_other()
    {
        var catalog = Add("""{"gpus": [{"name": "Card", "vendor": "nvidia", "architecture": "ada", "memoryGB": 16}]}""")
            .Add(Encoding.UTF8.GetBytes("""{"sizes": [{"slug": "own", "gpu": "Card", "gpuCount": 1}]}"""), "second.json");
        Assert.Equal("Card", catalog.GpuOf(catalog.Sizes["own"]).Name);
    }

    [Theory]
    [InlineData("models.json", "models", "id")]
    [InlineData("gpus.json", "gpus", "name")]
    [InlineData("gpu-sizes.json", "sizes", "slug")]
    [InlineData("engines.json", "engines", "version")]
    [InlineData("images.json", "images", "slug")]
    public void Every_built_in_row_under_another_name_is_a_valid_own_row(string file, string list, string idMember)
    {
        using var stream = typeof(ModelCatalog).Assembly.GetManifestResourceStream($"catalog/{file}")!;
        var rows = JsonNode.Parse(stream)![list]!.AsArray();
        foreach (var (index, row) in rows.Index())
        {
            row![idMember] = idMember == "version" ? $"1.{index}.0" : $"own-{index}";
            if (row["package"] is { } package)
            {
                package["requirements"]![0] = $"vllm==1.{index}.0";
            }
        }

        Add(new JsonObject { [list] = rows.DeepClone() }.ToJsonString());
    }

    private static ModelCatalog Add(string json) => Catalog.Add(Encoding.UTF8.GetBytes(json), "own.json");
}
