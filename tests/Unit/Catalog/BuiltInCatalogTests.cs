using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Catalog;

public sealed class BuiltInCatalogTests
{
    private const string Small = "mistralai/Ministral-3-3B-";

    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly JsonSerializerOptions WithoutDefaults = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>The program trusts the built-in rows because this test does not.</summary>
    [Fact]
    public void Every_row_is_checked_against_its_record_and_the_rules() => Assert.Empty(CatalogReader.ReadBuiltIn(strictly: true).Errors);

    [Fact]
    public void Every_repository_that_users_of_Mistrals_models_serve_is_there()
    {
        string[] expected =
        [
            .. from size in "3B 8B 14B".Split(' ')
               from kind in "Base-2512 Instruct-2512 Instruct-2512-BF16 Reasoning-2512".Split(' ')
               select $"mistralai/Ministral-3-{size}-{kind}",
            .. "Base-2512 Instruct-2512 Instruct-2512-BF16 Instruct-2512-NVFP4".Split(' ')
            .Select(kind => $"mistralai/Mistral-Large-3-675B-{kind}"),
            "mistralai/Mistral-Small-4-119B-2603", "mistralai/Mistral-Small-4-119B-2603-NVFP4", "mistralai/Mistral-Medium-3.5-128B",
            "mistralai/Devstral-Small-2-24B-Instruct-2512", "mistralai/Magistral-Small-2509",
            "mistralai/Mistral-Small-3.2-24B-Instruct-2506",
        ];
        Assert.Equal(expected.Order(), Catalog.Models.Keys.Order());
    }

    [Fact]
    public void Only_one_model_has_no_pinned_commit_and_shows_how_to_pin_one()
    {
        var unpinned = Assert.Single(Catalog.Models.Values, model => model.Revision is null);
        Assert.Equal("mistralai/Mistral-Large-3-675B-Instruct-2512-BF16", unpinned.Id);
        Assert.Contains("revision", unpinned.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Pinned_commits_differ_from_one_repository_to_the_next()
    {
        var pinned = Catalog.Models.Values.Select(model => model.Revision).OfType<string>().ToArray();
        Assert.Equal(pinned.Length, pinned.Distinct().Count());
    }

    [Fact]
    public void Every_row_has_a_source_and_a_date()
    {
        (string Row, string Source, string Date)[] rows =
        [
            .. Catalog.Models.Values.Select(row => (row.Id, row.Source, row.SourceDate)),
            .. Catalog.Gpus.Values.Select(row => (row.Name, row.Source, row.SourceDate)),
            .. Catalog.Sizes.Values.Select(row => (row.Slug, row.Source, row.SourceDate)),
            .. Catalog.Engines.Values.Select(row => (row.Version, row.Source, row.SourceDate)),
            .. Catalog.Engines.Values.SelectMany(row =>
                row.Breakages.Select(breakage => (row.Version, breakage.Source, breakage.SourceDate))),
            .. Catalog.Images.Values.Select(row => (row.Slug, row.Source, row.SourceDate)),
        ];
        Assert.All(rows, row =>
        {
            Assert.True(row.Source.Length > 10, row.Row);
            Assert.NotEqual("undated", row.Date);
        });
    }

    [Fact]
    public void Every_limit_of_the_cloud_is_read_as_it_is_written()
    {
        using var stream = typeof(CloudLimits).Assembly.GetManifestResourceStream("catalog/digitalocean-limits.json")!;
        var read = JsonSerializer.SerializeToNode(CloudLimits.Current, WithoutDefaults);
        var written = JsonNode.Parse(stream, documentOptions: new() { AllowDuplicateProperties = false });
        Assert.True(JsonNode.DeepEquals(written, read), $"{read}");
        Assert.All(written!.AsObject().SelectMany(entry => entry.Value is JsonArray rows ? rows.ToArray() : [entry.Value]), row =>
            Assert.True(DateOnly.TryParseExact((string)row!["sourceDate"]!, "yyyy-MM-dd", out _) && ((string)row["source"]!).Length > 10,
                $"{row}"));
    }

    [Fact]
    public void Flags_follow_the_task_of_a_model()
    {
        string[] mistral = ["--tokenizer-mode", "mistral", "--config-format", "mistral", "--load-format", "mistral"];
        string[] tools = ["--enable-auto-tool-choice", "--tool-call-parser", "mistral"];
        string[] reasoning = ["--reasoning-parser", "mistral"];
        Assert.All(Catalog.Models.Values, model => Assert.Equal(
            model.Use switch
            {
                ModelUse.Base => mistral,
                ModelUse.Instruct when !ThinksOnRequest(model) => [.. mistral, .. tools],
                _ => [.. mistral, .. tools, .. reasoning],
            },
            model.Flags));
    }

    /// <summary>Instruct and reasoning in one: a request chooses.</summary>
    private static bool ThinksOnRequest(ModelSpec model) => model.Family is "mistral-small-4" or "mistral-medium-3.5";

    [Fact]
    public void Reasoning_and_24B_models_of_2025_are_offered_to_128k_and_the_others_to_256k() =>
        Assert.All(Catalog.Models.Values, model => Assert.Equal(
            model.Use == ModelUse.Reasoning || model.Architecture.TextModel == "mistral" ? 131_072 : 262_144, model.MaxContext));

    [Fact]
    public void Weights_without_a_token_and_a_licence_that_is_linked_where_it_is_not_the_usual_one() =>
        Assert.All(Catalog.Models.Values, model =>
        {
            Assert.False(model.Gated);
            Assert.Equal(model.HasUnusualLicence, model.LicenceUrl is not null);
            Assert.Equal(model.HasUnusualLicence, model.LicenceTerms is not null);
            if (model.LicenceUrl is { } url)
            {
                Assert.Contains(model.Revision!, url, StringComparison.Ordinal);
            }
        });

    [Fact]
    public void Only_Medium_has_another_licence_than_Apache() =>
        Assert.Equal("Modified MIT", Assert.Single(Catalog.Models.Values, model => model.HasUnusualLicence).Licence);

    [Fact]
    public void A_chat_format_and_a_language_model_are_stated_for_what_is_in_the_public_survey_of_them() =>
        Assert.All(Catalog.Models.Values, model =>
        {
            Assert.NotNull(model.Architecture.TextModel);
            Assert.Equal(model.Use != ModelUse.Base && model.Family != "mistral-large-3", model.ChatFormat is not null);
        });

    [Theory]
    [InlineData("mistralai/Mistral-Small-4-119B-2603", 23_040, AttentionKind.Latent)]
    [InlineData("mistralai/Mistral-Small-4-119B-2603-NVFP4", 23_040, AttentionKind.Latent)]
    [InlineData("mistralai/Mistral-Medium-3.5-128B", 360_448, AttentionKind.Grouped)]
    [InlineData("mistralai/Devstral-Small-2-24B-Instruct-2512", 163_840, AttentionKind.Grouped)]
    [InlineData("mistralai/Magistral-Small-2509", 163_840, AttentionKind.Grouped)]
    [InlineData("mistralai/Mistral-Small-3.2-24B-Instruct-2506", 163_840, AttentionKind.Grouped)]
    [InlineData("mistralai/Mistral-Large-3-675B-Instruct-2512", 70_272, AttentionKind.Latent)]
    public void A_token_takes_the_published_bytes_of_the_cache(string id, double bytes, AttentionKind attention)
    {
        var architecture = Catalog.Models[id].Architecture;
        Assert.Equal(bytes, KvCache.BytesPerToken(architecture, tensorParallel: 1, KvCacheType.Auto));
        Assert.Equal(attention, architecture.Attention);
    }

    [Theory]
    [InlineData(Small + "Instruct-2512", "ampere:weightOnly ada:native hopper:native blackwell:native cdna3:native cdna4:native")]
    [InlineData(Small + "Base-2512", "ampere:native ada:native hopper:native blackwell:native cdna3:native cdna4:native")]
    [InlineData("mistralai/Mistral-Large-3-675B-Instruct-2512",
        "ampere:unverified ada:native hopper:native blackwell:native cdna3:unverified cdna4:unverified")]
    [InlineData("mistralai/Mistral-Large-3-675B-Instruct-2512-NVFP4",
        "ampere:weightOnly ada:weightOnly hopper:weightOnly blackwell:native")]
    public void Formats_run_on_the_cards_that_were_seen_running_them(string id, string expected) => Assert.Equal(
        expected,
        string.Join(' ', Catalog.Models[id].Hardware.Select(entry => $"{CatalogWords.Of(entry.Key)}:{CatalogWords.Of(entry.Value)}")));

    [Fact]
    public void Cards_of_one_Droplet_talk_fast_when_there_are_several() =>
        Assert.All(Catalog.Sizes.Values, size => Assert.Equal(size.GpuCount > 1, size.FastInterconnect));

    [Fact]
    public void Visible_memory_is_below_the_printed_and_above_nine_tenths_of_it() =>
        Assert.All(Catalog.Gpus.Values, gpu => Assert.InRange(gpu.VisibleGiB / gpu.MemoryGB, 0.9, 1.0));

    [Fact]
    public void Every_engine_image_is_pinned_by_digest_and_newer_than_the_security_floor()
    {
        Assert.Equal("0.28.0", Catalog.SecurityFloor.Version);
        Assert.All(Catalog.Engines.Values, engine =>
        {
            Assert.True(Version.Parse(engine.Version) >= Version.Parse(Catalog.SecurityFloor.Version));
            Assert.All(engine.Images.Values, image => Assert.Matches("^[a-z./-]+@sha256:[0-9a-f]{64}$", image.Reference));
        });
    }

    [Fact]
    public void Drivers_of_the_base_images_reach_the_floor_of_every_engine_of_their_vendor()
    {
        var floors = Catalog.Engines.Values
            .SelectMany(engine => engine.Images.Select(image => (Vendor: image.Key, image.Value.MinimumDriver)))
            .Where(floor => floor.MinimumDriver is not null).ToArray();
        Assert.NotEmpty(floors);
        Assert.All(floors, floor => Assert.All(
            Catalog.Images.Values.Where(image => image.Vendor == floor.Vendor),
            image => Assert.True(Version.Parse(image.Driver!) >= Version.Parse(floor.MinimumDriver!))));
    }

    [Theory]
    [InlineData("models.json", "models", "id")]
    [InlineData("gpus.json", "gpus", "name")]
    [InlineData("gpu-sizes.json", "sizes", "slug")]
    [InlineData("engines.json", "engines", "version")]
    [InlineData("images.json", "images", "slug")]
    public void Every_member_of_a_row_reaches_its_record(string file, string list, string idMember)
    {
        // A member that the generated reader passed over would be checked and then lost.
        using var stream = typeof(ModelCatalog).Assembly.GetManifestResourceStream($"catalog/{file}")!;
        var rows = JsonNode.Parse(stream)![list]!.AsArray();
        Assert.All(rows, row =>
        {
            var id = row![idMember]!.GetValue<string>();
            object record = list switch
            {
                "models" => Catalog.Models[id],
                "gpus" => Catalog.Gpus[id],
                "sizes" => Catalog.Sizes[id],
                "engines" => Catalog.Engines[id],
                _ => Catalog.Images[id],
            };
            var actual = JsonSerializer.SerializeToNode(record, record.GetType(), Plain);
            Assert.True(JsonNode.DeepEquals(WithoutNulls(row), actual), $"{row}\n{actual}");
        });
    }

    [Fact]
    public void Is_read_once_per_process() => Assert.Same(ModelCatalog.Load(), ModelCatalog.Load());

    private static JsonObject WithoutNulls(JsonNode row) =>
        new(row.AsObject().Where(member => member.Value is not null)
            .Select(member => KeyValuePair.Create(member.Key, (JsonNode?)member.Value!.DeepClone())));
}
