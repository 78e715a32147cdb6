using System.Text.Json;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>Which hardware a placement request gets, and why not another.</summary>
public sealed class PlacementTests
{
    private const string Large = "mistralai/Mistral-Large-3-675B-Instruct-2512";
    private const string LargeNvfp4 = "mistralai/Mistral-Large-3-675B-Instruct-2512-NVFP4";
    private const string Ministral3B = "mistralai/Ministral-3-3B-Instruct-2512";
    private const string Ministral8B = "mistralai/Ministral-3-8B-Instruct-2512";
    private const string Ministral14B = "mistralai/Ministral-3-14B-Instruct-2512";
    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    /// <summary>The tutorial's table, for the sizes that DigitalOcean sells on demand.</summary>
    [Theory]
    [InlineData(Large, "gpu-h200x8-1128gb", 8, "gpu-h100x8-640gb")]
    [InlineData(LargeNvfp4, "gpu-h100x8-640gb", 8, "gpu-h200x1-141gb")]
    [InlineData(Ministral14B, "gpu-6000adax1-48gb", 1, "gpu-4000adax1-20gb")]
    [InlineData(Ministral8B, "gpu-4000adax1-20gb", 1, null)]
    [InlineData(Ministral3B, "gpu-4000adax1-20gb", 1, null)]
    public void A_model_fits_on_the_size_of_the_tutorial_and_not_on_a_smaller_one(
        string model, string size, int tensorParallel, string? tooSmall)
    {
        var placement = Placer.Place(Request(model) with { Size = size }, Catalog, "endpoints.chat");
        Assert.Equal(tensorParallel, placement.TensorParallel);
        Assert.Equal(8192, placement.MaxModelLen);
        Assert.True(placement.Requests >= 4);
        if (tooSmall is not null)
        {
            Assert.Throws<ConfigurationException>(() => Placer.Place(Request(model) with { Size = tooSmall }, Catalog, "endpoints.chat"));
        }
    }

    // Made-up sizes that cost less than every real one: prices of the catalog decide nothing here.
    [Theory]
    [InlineData(Ministral8B, 0.01, 0.02, 0.03, "own-small")]
    [InlineData(Ministral8B, 0.03, 0.01, 0.02, "own-large")]
    [InlineData(Ministral14B, 0.01, 0.03, 0.02, "own-larger")]
    public void The_cheapest_size_that_fits_is_chosen(string model, double small, double large, double larger, string chosen)
    {
        var catalog = Catalog.Add(JsonSerializer.SerializeToUtf8Bytes(new
        {
            sizes = new[]
            {
                new { slug = "own-small", gpu = "NVIDIA RTX 4000 Ada", gpuCount = 1, usdPerHour = small },
                new { slug = "own-large", gpu = "NVIDIA H100", gpuCount = 1, usdPerHour = large },
                new { slug = "own-larger", gpu = "NVIDIA H200", gpuCount = 1, usdPerHour = larger },
            },
        }), "own.json");
        var placement = Placer.Place(Request(model), catalog, "endpoints.chat");
        Assert.Equal(chosen, placement.Size.Slug);
        Assert.Equal(catalog.Sizes.Count - 1, placement.Rejected.Count);
        Assert.All(placement.Rejected, refusal => Assert.NotEmpty(refusal.Reason));
    }

    /// <summary>The tutorial's VRAM column: each Ministral runs on a card with that much memory.</summary>
    [Theory]
    [InlineData(Ministral14B, 23.56, true, 0.92, 24576)]
    [InlineData(Ministral8B, 11.76, false, 0.95, 2048)]
    [InlineData(Ministral3B, 7.65, true, 0.92, 4096)]
    public void A_Ministral_fits_into_the_VRAM_that_the_tutorial_names(
        string model, double visibleGiB, bool vision, double utilization, int context)
    {
        var request = Request(model) with
        {
            ContextLength = context,
            Concurrency = 1,
            Options = new EngineOptions { Vision = vision, GpuMemoryUtilization = utilization },
        };
        var gpu = Sample.Gpu("a card", GpuArchitecture.Ada, visibleGiB);
        var fit = NodeFit.Of(request, Sample.Size("one", gpu, 1), gpu);
        Assert.True(fit.Fits, fit.Reason);
    }

    [Fact]
    public void Large_3_FP8_is_refused_on_eight_H100_with_the_arithmetic()
    {
        var request = Request(Large) with { Size = "gpu-h100x8-640gb" };
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Placer.Place(request, Catalog, "endpoints.chat")).Errors);
        Assert.Equal("endpoints.chat.size", error.Key);
        Assert.Equal("gpu-h100x8-640gb", error.Value);
        Assert.Matches(@"weights \d+\.\d GiB \+ overhead \d+\.\d GiB \+ margin \d+\.\d GiB per GPU", error.Problem);
        Assert.Contains("72.8 GiB (0.92 x 79.2 GiB) per GPU", error.Problem, StringComparison.Ordinal);
        Assert.Contains(Fits("gpu-h200x8-1128gb"), error.Problem, StringComparison.Ordinal);
        Assert.Equal("pulumi config set --path 'endpoints.chat.size' gpu-h200x8-1128gb", error.Fix);
    }

    [Fact]
    public void Spot_and_contract_sizes_are_never_chosen_unasked()
    {
        foreach (var model in Catalog.Models.Values)
        {
            try
            {
                var placement = Placer.Place(Request(model.Id), Catalog, "");
                Assert.Equal(Availability.OnDemand, placement.Size.Availability);
                Assert.NotEqual(Support.Unverified, model.Hardware[placement.Gpu.Architecture]);
            }
            catch (ConfigurationException refusal)
            {
                Assert.All(refusal.Errors, error => Assert.Equal("--model", error.Key));
            }
        }
    }

    [Fact]
    public void A_spot_size_is_taken_when_it_is_asked_for()
    {
        var request = Request(Large) with { Availability = [Availability.Spot], Concurrency = 1 };
        var refusal = Assert.Throws<ConfigurationException>(() =>
            Placer.Place(request with { Region = "ams3" }, Catalog, "endpoints.chat"));
        Assert.Contains("in ams3", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Availability.Spot, Placer.Place(request, Catalog, "endpoints.chat").Size.Availability);
    }

    [Fact]
    public void A_size_without_a_sighting_is_not_chosen_for_a_region_but_taken_with_a_warning_when_named()
    {
        var request = Request(Large) with { Region = "nyc2" };
        var refusal = Assert.Single(Assert.Throws<ConfigurationException>(() => Placer.Place(request, Catalog, "endpoints.big")).Errors);
        Assert.Equal("endpoints.big.model", refusal.Key);
        Assert.Equal("pulumi config set --path 'endpoints.big.size' gpu-h200x8-1128gb", refusal.Fix);

        var named = Placer.Place(request with { Size = "gpu-h200x8-1128gb" }, Catalog, "endpoints.big");
        Assert.Contains(named.Warnings, warning => warning.Contains("no dated sighting", StringComparison.Ordinal));
    }

    [Fact]
    public void A_named_size_in_another_region_is_a_user_error_that_names_the_regions()
    {
        var request = Request(Ministral3B) with { Size = "gpu-4000adax1-20gb", Region = "ams3" };
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Placer.Place(request, Catalog, "endpoints.chat")).Errors);
        Assert.Equal("region", error.Key);
        Assert.Contains("tor1", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_that_does_not_fit_on_a_named_size_ends_with_the_longest_that_does()
    {
        var request = Request(Ministral8B) with { Size = "gpu-4000adax1-20gb", ContextLength = 65536, Concurrency = 1 };
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Placer.Place(request, Catalog, "endpoints.chat")).Errors);
        Assert.Equal("endpoints.chat.contextLength", error.Key);
        var longest = int.Parse(error.Fix.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(longest, Placer.Place(request with { ContextLength = longest }, Catalog, "endpoints.chat").MaxModelLen);
    }

    [Fact]
    public void A_request_that_just_misses_gets_both_fixes_and_the_next_size()
    {
        var request = Request(Ministral14B) with { Size = "gpu-4000adax1-20gb" };
        var problem =
            Assert.Single(Assert.Throws<ConfigurationException>(() => Placer.Place(request, Catalog, "endpoints.chat")).Errors).Problem;
        Assert.Matches(@"4 x [\d,]+ would fit, or 1 x 8,192", problem);
        Assert.Contains(Fits("gpu-6000adax1-48gb"), problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_settings_that_would_make_the_request_fit_is_named()
    {
        var gpu = Sample.Gpu("a card", GpuArchitecture.Ada, 11.76);
        var request = Request(Ministral8B) with { ContextLength = 2048, Concurrency = 1 };
        var fit = NodeFit.Of(request, Sample.Size("one", gpu, 1), gpu);
        Assert.False(fit.Fits);
        Assert.Contains("without images (vision: false) and with gpuMemoryUtilization: 0.95 it fits", fit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_do_not_fit_on_the_disk_are_refused()
    {
        var gpu = Catalog.Gpus["NVIDIA H200"];
        var size = Sample.Size("eight", gpu, 8) with { BootDiskGB = 700 };
        Assert.Matches("the disk of eight has room for 640 GB, but the weights are 68[12] GB",
            NodeFit.Of(Request(Large), size, gpu).Reason);
        Assert.True(NodeFit.Of(Request(Large), size with { ScratchDiskGB = 1000 }, gpu).Fits);
    }

    [Fact]
    public void Without_a_context_length_a_named_size_gives_the_longest_that_it_holds()
    {
        var request = Request(Ministral8B) with { Size = "gpu-4000adax1-20gb", ContextLength = null, Concurrency = 1 };
        var placement = Placer.Place(request, Catalog, "endpoints.chat");
        Assert.Equal(0, placement.MaxModelLen % 1024);
        Assert.InRange(placement.MaxModelLen, 32768, placement.Memory.SafeKvTokens);
        Assert.Equal(1, placement.Requests);
    }

    [Fact]
    public void A_context_never_exceeds_the_models_own()
    {
        var reasoning = "mistralai/Ministral-3-3B-Reasoning-2512";
        var request = Request(reasoning) with { Size = "gpu-h200x1-141gb", ContextLength = null, Concurrency = 1 };
        Assert.Equal(Catalog.Models[reasoning].MaxContext, Placer.Place(request, Catalog, "x").MaxModelLen);
        var tooLong = Assert.Throws<ConfigurationException>(() =>
            Placer.Place(Request(reasoning) with { ContextLength = 262144 }, Catalog, "endpoints.chat"));
        Assert.Equal("endpoints.chat.contextLength", Assert.Single(tooLong.Errors).Key);
    }

    [Fact]
    public void A_dense_model_on_eight_GPUs_runs_eight_copies()
    {
        var placement = Placer.Place(Request(Ministral8B) with { Size = "gpu-h100x8-640gb" }, Catalog, "x");
        Assert.Equal((1, 8, false), (placement.TensorParallel, placement.DataParallel, placement.ExpertParallel));
        Assert.Equal(8 * placement.Memory.KvTokens, placement.KvTokens);
    }

    [Fact]
    public void Large_3_serves_more_requests_with_copies_of_its_attention()
    {
        var split = Placer.Place(Request(Large) with { Size = "gpu-h200x8-1128gb" }, Catalog, "x");
        var copies = Placer.Place(Request(Large) with { Size = "gpu-h200x8-1128gb", Concurrency = 80 }, Catalog, "x");
        Assert.Equal((8, 1, false), (split.TensorParallel, split.DataParallel, split.ExpertParallel));
        Assert.Equal((1, 8, true), (copies.TensorParallel, copies.DataParallel, copies.ExpertParallel));
        Assert.True(copies.Memory.WeightsGiB > split.Memory.WeightsGiB);
        Assert.True(copies.KvTokens > split.KvTokens);
    }

    [Fact]
    public void Several_wrong_values_are_reported_together()
    {
        var request = Request(Ministral8B) with
        {
            Concurrency = 0,
            ContextLength = 1_000_000,
            Options = new EngineOptions { GpuMemoryUtilization = 1.5 },
        };
        var keys = Assert.Throws<ConfigurationException>(() => Placer.Place(request, Catalog, "endpoints.chat")).Errors.Select(
            error => error.Key);
        Assert.Equal(["endpoints.chat.contextLength", "endpoints.chat.concurrency", "endpoints.chat.gpuMemoryUtilization"], keys);
    }

    [Fact]
    public void A_tensor_parallel_size_that_does_not_divide_the_heads_is_refused()
    {
        var request = Request(Ministral8B) with { Size = "gpu-h100x8-640gb", Options = new EngineOptions { TensorParallel = 3 } };
        Assert.Contains("32 attention heads", Assert.Throws<ConfigurationException>(() => Placer.Place(request, Catalog, "x")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_utilization_that_leaves_no_room_for_the_driver_is_refused()
    {
        var request = Request(Ministral8B) with { Size = "gpu-4000adax1-20gb", Options = new EngineOptions { GpuMemoryUtilization = 1 } };
        Assert.Contains("would not start", Assert.Throws<ConfigurationException>(() => Placer.Place(request, Catalog, "x")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_bound_of_the_throughput_is_above_what_was_measured()
    {
        // 154.7 tokens per second on an RTX 5090 of 1,792 GB/s (public home-lab report, 2026-09-16).
        var gpu = Sample.Gpu("NVIDIA RTX 5090", GpuArchitecture.Blackwell, 31.36) with { BandwidthGBps = 1792 };
        var fit = NodeFit.Of(Request(Ministral8B), Sample.Size("one", gpu, 1), gpu);
        Assert.InRange(fit.Placement!.SingleStreamTokensPerSecondBound!.Value, 154.7, 2 * 154.7);
    }

    [Fact]
    public void The_table_has_every_model_on_every_size()
    {
        var requests = Catalog.Models.Values.Select(model => Request(model.Id)).ToList();
        var table = Placer.Table(requests, Catalog.Sizes.Values, Catalog);
        Assert.Equal(requests.Count * Catalog.Sizes.Count, table.Count);
        Assert.All(table, fit => Assert.NotEmpty(fit.Reason));
    }

    private static string Fits(string size) => $"{size} fits, at {Catalog.Sizes[size].UsdPerHour:0.00} USD/h";

    private static PlacementRequest Request(string model) => new()
    {
        Model = Catalog.Models[model],
        Engine = Catalog.Engines["0.31.0"],
        ContextLength = 8192,
        Concurrency = 4,
    };
}
