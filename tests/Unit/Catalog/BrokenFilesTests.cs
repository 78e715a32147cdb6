using System.Text;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Tests.Unit.Catalog;

/// <summary>Files of an operator's own with one error each: every message names file, row, member and what is allowed.</summary>
public sealed class BrokenFilesTests
{
    private const string Architecture =
        """{"layers": 32, "hiddenSize": 4096, "attentionHeads": 32, "keyValueHeads": 8, "feedForwardSize": 14336, "vocabularySize": 128256, "maxPositions": 131072}""";

    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    /// <summary>JSON, the key of the error after the file's name, and a part of the problem.</summary>
    public static TheoryData<string, string, string> Errors => new()
    {
        // The file
        { "", "line 1", "is not JSON" },
        { "{\"models\": [\n{\"id\": }]}", "line 2", "is not JSON" },
        { "{\"models\": [] // comment\n}", "line 1", "is not JSON" },
        { "{\"models\": [],}", "line 1", "is not JSON" },
        { "[]", "", "must be an object" },
        { """{"modles": []}""", "modles", "did you mean models" },
        { """{"securityFloor": {}}""", "securityFloor", "is not a list of a catalog" },
        { """{"models": {}}""", "models", "must be a list in [ ]" },
        { """{"models": null}""", "models", "must be a list in [ ]" },
        { """{"models": [], "models": []}""", "models", "is a duplicate" },
        { """{"models": ["mistralai/Ministral-3-3B-Base-2512"]}""", "models[0]", "must be an object with the members id," },

        // Rows without an id of their own
        { """{"models": [{"basedOn": "mistralai/Ministral-3-3B-Instruct-2512"}]}""", "models[0], id", "is missing" },
        { """{"gpus": [{"basedOn": "NVIDIA H100"}]}""", "gpus[0], name", "is missing" },
        { """{"sizes": [{"basedOn": "gpu-h100x1-80gb"}]}""", "sizes[0], slug", "is missing" },
        { """{"engines": [{"basedOn": "0.31.0"}]}""", "engines[0], version", "is missing" },

        // Members of a model
        { Model("\"precison\": \"bf16\""), "models[0] (acme/m), precison", "did you mean precision" },
        { Model("\"fp8Block\": 128"), "models[0] (acme/m), fp8Block", "is only for the precision fp8" },
        { Model("\"zebra\": 1"), "models[0] (acme/m), zebra", "known are id, family, use, precision" },
        { Model("\"layers\": 32"), "models[0] (acme/m), layers", "belongs into 'architecture'" },
        { Model("\"num_hidden_layers\": 32"), "models[0] (acme/m), num_hidden_layers", "is called 'architecture.layers' here" },
        { Model("\"Id\": \"acme/x\""), "models[0] (acme/m), Id", "did you mean id" },
        { Model("\"id\": \"acme/x\""), "models[0] (acme/x), id", "is a duplicate" },
        { Model("\"formats\": null"), "models[0] (acme/m), formats", "must not be null" },
        { Model("\"precision\": \"fp9\"", precision: false), "models[0] (acme/m), precision", "must be one of bf16, fp8, nvfp4, int4" },
        { Model("\"precision\": \"BF16\"", precision: false), "models[0] (acme/m), precision", "must be one of bf16, fp8, nvfp4, int4" },
        { Model("\"precision\": 1", precision: false), "models[0] (acme/m), precision", "must be one of bf16" },
        { Model("\"use\": \"chat\""), "models[0] (acme/m), use", "must be one of base, instruct, reasoning" },
        { Model("\"gated\": \"no\""), "models[0] (acme/m), gated", "must be true or false, without quotes" },
        { Model("\"maxContext\": \"32768\""), "models[0] (acme/m), maxContext", "must be a whole number, without quotes" },
        { Model("\"maxContext\": 1.5"), "models[0] (acme/m), maxContext", "must be a whole number" },
        { Model("\"maxContext\": 0"), "models[0] (acme/m), maxContext", "must be between 1 and" },
        { Model("\"maxContext\": 131073"), "models[0] (acme/m), maxContext", "must be at most architecture.maxPositions, which is 131072" },
        { Model("\"revision\": \"main\""), "models[0] (acme/m), revision", "must be a commit of 40 hex digits" },
        { Model("\"revision\": \"b6d637bef2\""), "models[0] (acme/m), revision", "not a branch, a tag or a short form" },
        { Model("\"revision\": \"B35D4DFE56C142746F54DBD64F579FAAB2744308\""), "models[0] (acme/m), revision", "in lower case" },
        { Model("\"weightsUrl\": \"http://mirror.example.com\""), "models[0] (acme/m), weightsUrl", "must be an https address" },
        { Model("\"weightsUrl\": \"https://user:word@mirror.example.com\""), "models[0] (acme/m), weightsUrl", "without user" },
        { Model("\"weightBytes\": 16"), "models[0] (acme/m), weightBytes", "it must be in bytes" },
        { Model("\"weightBytes\": 14.96"), "models[0] (acme/m), weightBytes", "must be a whole number" },
        { Model("\"formats\": [\"gguf\"]"), "models[0] (acme/m), formats[0]", "must be one of mistral, hf" },
        { Model("\"formats\": []"), "models[0] (acme/m), formats", "must not be empty" },
        { Model("\"formats\": [\"hf\", \"hf\"]"), "models[0] (acme/m), formats", "has a duplicate format" },
        { Model("\"formats\": [\"mistral\"]"), "models[0] (acme/m), flags", "must have --load-format mistral" },
        { Model("\"flags\": [\"--load-format=mistral\"]"), "models[0] (acme/m), formats", "must begin with mistral" },
        { Model("\"flags\": \"--trust-remote-code\""), "models[0] (acme/m), flags", "must be a list in [ ]" },
        { Model("\"flags\": [\"--seed 3\"]"), "models[0] (acme/m), flags[0]", "write '--flag', 'value' as two" },
        { Model("\"flags\": [\"$(reboot)\"]"), "models[0] (acme/m), flags[0]", "must be one word" },
        { Model("\"flags\": [\"--max_model_len=8192\"]"), "models[0] (acme/m), flags", "is set by placement and settings" },
        { Model("\"flags\": [\"--api-key\", \"x\"]"), "models[0] (acme/m), flags", "is set by placement and settings" },
        { Model("\"hardware\": {\"turing\": \"native\"}"), "models[0] (acme/m), hardware.turing", "allowed are ampere, ada, hopper" },
        { Model("\"hardware\": {\"ada\": \"yes\"}"), "models[0] (acme/m), hardware.ada", "must be one of native, weightOnly, unverified" },
        { Model("\"hardware\": {}"), "models[0] (acme/m), hardware", "must name at least one architecture" },
        { Model("\"minimumEngine\": \"latest\""), "models[0] (acme/m), minimumEngine", "must be three numbers" },
        { Model("\"sourceDate\": \"yesterday\""), "models[0] (acme/m), sourceDate", "must be a day, a month" },
        { Model("\"note\": \"\""), "models[0] (acme/m), note", "must not be empty" },
        { Model("\"note\": \"two\\nlines\""), "models[0] (acme/m), note", "control characters" },
        { Model("\"replaces\": 1"), "models[0] (acme/m), replaces", "must be true or false" },
        { Model("\"replaces\": true"), "models[0] (acme/m), replaces", "replaces nothing" },
        { Model("\"basedOn\": \"mistralai/Ministral-3-8B\""), "models[0] (acme/m), basedOn",
            "did you mean mistralai/Ministral-3-8B-Base-2512" },
        { """{"models": [{"precision": "bf16"}]}""", "models[0], id", "is missing; it must be a repository id" },
        { $$"""{"models": [{"id": "acme/m m", "precision": "bf16", "architecture": {{Architecture}}}]}""", "models[0] (acme/m m), id",
            "must be a repository id" },
        { $$"""{"models": [{"id": "acme/m", "architecture": {{Architecture}}}]}""", "models[0] (acme/m), precision",
            "is missing; it must be one of bf16" },
        {
            """{"models": [{"id": "acme/m", "basedOn": "acme/n"}, """
                + $$"""{"id": "acme/n", "precision": "bf16", "architecture": {{Architecture}}}]}""",
            "models[0] (acme/m), basedOn", "of an earlier row"
        },
        {
            """{"models": [{"id": "mistralai/Ministral-3-3B-Base-2512", "basedOn": "mistralai/Ministral-3-3B-Base-2512"}]}""",
            "models[0] (mistralai/Ministral-3-3B-Base-2512), id", "add \"replaces\": true to override it"
        },
        {
            """{"models": [{"id": "MistralAI/ministral-3-3b-base-2512", "basedOn": "mistralai/Ministral-3-3B-Base-2512"}]}""",
            "models[0] (MistralAI/ministral-3-3b-base-2512), id", "exists already as mistralai/Ministral-3-3B-Base-2512"
        },
        {
            """{"models": [{"id": "a/m", "basedOn": "mistralai/Ministral-3-3B-Base-2512"}, {"id": "a/m", "basedOn": "mistralai/Ministral-3-3B-Base-2512"}]}""",
            "models[1] (a/m), id", "is a duplicate in this file"
        },

        // Its architecture
        { Numbers("\"layers\": 0"), "models[0] (acme/m), architecture.layers", "must be between 1 and 1,000" },
        { Numbers("\"keyValueHeads\": 7"), "models[0] (acme/m), architecture.keyValueHeads", "must divide attentionHeads, which is 32" },
        { Numbers("\"keyValueHeads\": null"), "models[0] (acme/m), architecture.keyValueHeads",
            "is missing; a model with latent attention has 'mla'" },
        { Numbers("\"hiddenSize\": 4100"), "models[0] (acme/m), architecture.headDim", "hiddenSize is not a multiple of attentionHeads" },
        { Numbers("\"tiedEmbeddings\": null"), "models[0] (acme/m), architecture.tiedEmbeddings", "must not be null" },
        { Numbers("\"mla\": {\"queryLoraRank\": 1}"), "models[0] (acme/m), architecture.mla.keyValueLoraRank",
            "is missing; it must be between 1 and" },
        {
            Numbers(
                "\"mla\": {\"queryLoraRank\": 0, \"keyValueLoraRank\": 512, \"nopeHeadDim\": 128, \"ropeHeadDim\": 64, "
                    + "\"valueHeadDim\": 128}"),
            "models[0] (acme/m), architecture.mla", "attention is either latent or grouped-query"
        },
        {
            Numbers("\"moe\": {\"experts\": 8, \"activeExperts\": 9, \"expertFeedForwardSize\": 512}"),
            "models[0] (acme/m), architecture.moe.activeExperts", "must be at most experts, which is 8"
        },
        {
            Numbers("\"moe\": {\"experts\": 8, \"activeExperts\": 2, \"expertFeedForwardSize\": 512, \"denseLayers\": 33}"),
            "models[0] (acme/m), architecture.moe.denseLayers", "must be at most layers, which is 32"
        },
        { Numbers("\"vision\": {\"parameters\": 1}"), "models[0] (acme/m), architecture.vision.layers", "is missing" },

        // Cards
        { Gpu("\"vendor\": \"intel\""), "gpus[0] (Card), vendor", "must be one of nvidia, amd" },
        { Gpu("\"architecture\": \"turing\""), "gpus[0] (Card), architecture",
            "must be one of ampere, ada, hopper, blackwell, cdna3, cdna4" },
        { Gpu("\"architecture\": \"cdna3\""), "gpus[0] (Card), architecture", "is not an architecture of nvidia" },
        { Gpu("\"memoryGB\": -1"), "gpus[0] (Card), memoryGB", "must be between 4 and 2,000" },
        { Gpu("\"memoryGB\": 24000"), "gpus[0] (Card), memoryGB", "must be between 4 and 2,000" },
        { Gpu("\"memoryGB\": 1e400"), "gpus[0] (Card), memoryGB", "is too large" },
        { Gpu("\"visibleGiB\": 25"), "gpus[0] (Card), visibleGiB", "must be between half of memoryGB and memoryGB, which is 24" },
        { Gpu("\"visibleGiB\": null"), "gpus[0] (Card), visibleGiB", "must not be null" },
        { Gpu("\"bandwidthGBps\": 1e400"), "gpus[0] (Card), bandwidthGBps", "is too large" },
        { """{"gpus": [{"name": "Card"}]}""", "gpus[0] (Card), memoryGB", "is missing; it must be between 4 and 2,000" },

        // Sizes
        { Size("\"gpu\": \"NVIDIA H10\""), "sizes[0] (own), gpu", "did you mean NVIDIA H100" },
        { Size("\"gpuCount\": 0"), "sizes[0] (own), gpuCount", "must be between 1 and 64" },
        { Size("\"usdPerHour\": 0"), "sizes[0] (own), usdPerHour", "must be between 0.01 and 100,000" },
        { Size("\"availability\": \"spot\""), "sizes[0] (own), usdPerHour", "only a size with the availability contract may have none" },
        { Size("\"availability\": \"on-demand\""), "sizes[0] (own), availability", "must be one of onDemand, spot, contract" },
        { Size("\"image\": \"ubuntu\""), "sizes[0] (own), image", "is not the slug of an image" },
        { Size("\"image\": \"gpu-amd-base\""), "sizes[0] (own), image", "has the driver of amd, but the card is from nvidia" },
        { Size("\"regions\": [\"NYC2\"]"), "sizes[0] (own), regions[0]", "must be lower-case letters" },
        { """{"sizes": [{"slug": "gpu-h100x1-80gb", "gpu": "NVIDIA H100", "gpuCount": 1}]}""", "sizes[0] (gpu-h100x1-80gb), slug",
            "exists already" },

        // Engines
        { """{"engines": [{"version": "0.32"}]}""", "engines[0] (0.32), version", "must be three numbers: 0.31.0" },
        { """{"engines": [{"version": "0.32.0"}]}""", "engines[0] (0.32.0), images", "is empty and there is no package" },
        { Engine("\"images\": {\"nvidia\": {\"repository\": \"docker.io/vllm/vllm-openai\", \"digest\": \"latest\"}}"),
            "engines[0] (0.32.0), images.nvidia.digest", "not a tag" },
        { Engine("\"images\": {\"intel\": {}}"), "engines[0] (0.32.0), images.intel", "allowed are nvidia, amd" },
        { Engine("\"package\": {\"vendor\": \"nvidia\", \"requirements\": [\"vllm\"], \"resolvedBefore\": \"2026-11-20\"}"),
            "engines[0] (0.32.0), package.requirements[0]", "must pin one package exactly" },
        { Engine("\"package\": {\"vendor\": \"nvidia\", \"requirements\": [\"vllm==0.31.0\"], \"resolvedBefore\": \"2026-11-20\"}"),
            "engines[0] (0.32.0), package.requirements[0]", "must be vllm==0.32.0" },
        { Engine("\"breakages\": [{\"families\": [\"ministral\"], \"problem\": \"it stops\"}]"),
            "engines[0] (0.32.0), breakages[0].families", "did you mean ministral-3" },
        { Engine("\"breakages\": [{\"families\": [\"*\"], \"problem\": \"it stops\", \"install\": \"docker\"}]"),
            "engines[0] (0.32.0), breakages[0].install", "must be one of container, venv" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Each_error_is_named_with_its_place_and_with_what_is_allowed(string json, string place, string problem)
    {
        var errors = Assert.Throws<ConfigurationException>(() => Add(json)).Errors;
        var expected = place.Length == 0 ? "own.json" : $"own.json, {place}";
        var error = errors.FirstOrDefault(error => error.Key == expected
            && error.Problem.Contains(problem, StringComparison.Ordinal));
        Assert.True(error is not null, $"expected {expected}: {problem}\nactual {string.Join("\n", errors)}");
        Assert.Contains("own.json", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_of_a_file_are_reported_together()
    {
        var errors = Assert.Throws<ConfigurationException>(() => Add(
            """
            {
              "gpus": [{ "name": "A", "vendor": "nvidia", "architecture": "ada", "memoryGB": "24" }],
              "sizes": [{ "slug": "s", "gpu": "NVIDIA H100", "gpuCount": 99 }],
              "models": [{ "id": "a/b", "precision": "fp9", "maxContext": "many" }]
            }
            """)).Errors;
        Assert.Equal(
            ["gpus[0] (A), memoryGB", "sizes[0] (s), gpuCount", "models[0] (a/b), precision", "models[0] (a/b), maxContext",
                "models[0] (a/b), architecture"],
            errors.Select(error => error.Key["own.json, ".Length..]));
    }

    [Fact]
    public void A_file_with_an_error_adds_nothing()
    {
        Assert.Throws<ConfigurationException>(() =>
            Add("""{"sizes": [{"slug": "ok", "gpu": "NVIDIA H100", "gpuCount": 1}, {"slug": "bad"}]}"""));
        Assert.DoesNotContain("ok", Catalog.Sizes.Keys);
        Assert.DoesNotContain("ok", ModelCatalog.Load().Sizes.Keys);
    }

    [Theory]
    [InlineData("no-such-file.json")]
    [InlineData("/")]
    [InlineData("")]
    public void A_file_that_cannot_be_read_is_an_error_of_the_setting(string path)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ModelCatalog.Load(path)).Errors);
        Assert.Equal("catalog", error.Key);
        Assert.StartsWith("cannot be read", error.Problem, StringComparison.Ordinal);
    }

    private static ModelCatalog Add(string json) => Catalog.Add(Encoding.UTF8.GetBytes(json), "own.json");

    private static string Model(string member, bool precision = true) =>
        $$"""{"models": [{"id": "acme/m", {{(precision ? "\"precision\": \"bf16\", " : "")}}"architecture": {{Architecture}}, {{member}}}]}""";

    /// <summary>A member of the architecture, in place of the one of this name if there is one.</summary>
    private static string Numbers(string member)
    {
        var name = member.Split(':')[0];
        var others = Architecture.Trim('{', '}').Split(", ").Where(other => other.Split(':')[0] != name);
        return $$"""{"models": [{"id": "acme/m", "precision": "bf16", "architecture": { {{string.Join(", ", others.Append(member))}} } }]}""";
    }

    private static string Gpu(string member) =>
        Row("gpus", "\"name\": \"Card\", \"vendor\": \"nvidia\", \"architecture\": \"ada\", \"memoryGB\": 24", member);

    private static string Size(string member) => Row("sizes", "\"slug\": \"own\", \"gpu\": \"NVIDIA H100\", \"gpuCount\": 1", member);

    private static string Engine(string member) => Row("engines", "\"version\": \"0.32.0\"", member);

    private static string Row(string list, string members, string member)
    {
        var name = member.Split(':')[0];
        var others = members.Split(", ").Where(other => other.Split(':')[0] != name);
        return $$"""{"{{list}}": [{ {{string.Join(", ", others.Append(member))}} }]}""";
    }
}
