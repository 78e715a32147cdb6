using CsCheck;
using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>
/// Which of the possible layouts is chosen, and how many requests of a fixed context it holds (ADR 23): the most of a size never fall with
/// more memory, and the chosen layout holds at least half of them.
/// </summary>
public sealed class ChosenLayoutTests
{
    private static readonly Gen<(PlacementRequest Request, double VisibleGiB, int Gpus)> Cases =
        from sample in MemoryLawTests.Case
        from concurrency in Gen.Int[1, 40]
        from context in Gen.Int[16, 131_072]
        from gpus in Gen.Int[1, 8]
        select (new PlacementRequest
        {
            Model = sample.Model,
            Engine = sample.Engine,
            ContextLength = context,
            Concurrency = concurrency,
            Options = sample.Options with { MaxNumSeqs = null, MaxNumBatchedTokens = null },
        }, sample.VisibleGiB, gpus);

    [Fact]
    public void The_chosen_layout_holds_at_least_half_of_what_the_best_one_holds() => Cases.Sample(sample =>
    {
        var fit = Fit(sample.Request, sample.VisibleGiB, sample.Gpus);
        if (fit.Fits && sample.Request.Model.Architecture.Moe is null)
        {
            Assert.InRange(2 * fit.Placement!.Requests, fit.MostRequests, 2 * fit.MostRequests);
        }
    });

    [Fact]
    public void More_memory_GPUs_or_utilization_never_more_than_halve_the_requests_of_a_dense_model() =>
        Gen.Select(Cases, Gen.Int[0, 3], Gen.Double[1, 1.5]).Sample((sample, which, factor) =>
    {
        var (request, memory, gpus) = sample;
        if (request.Model.Architecture.Moe is not null)
        {
            return;
        }

        var pinned = request with { Options = request.Options with { MaxNumBatchedTokens = 4096, KvCache = KvCacheType.Auto } };
        var higher = pinned.Options.GpuMemoryUtilization + ((factor - 1) * (0.93 - pinned.Options.GpuMemoryUtilization));
        var less = Fit(pinned, memory, gpus);
        var more = which switch
        {
            0 => Fit(pinned, memory * factor, gpus),
            1 => Fit(pinned with { Options = pinned.Options with { GpuMemoryUtilization = higher } }, memory, gpus),
            2 => Fit(pinned with { Options = pinned.Options with { KvCache = KvCacheType.Fp8 } }, memory, gpus),
            _ => Fit(pinned, memory, 2 * gpus),
        };
        if (less.Fits && more.Obstacle is not FitObstacle.Utilization)
        {
            Assert.True(2 * more.Placement!.Requests >= less.Placement!.Requests,
                $"{which}: {more.Placement.Requests} after {less.Placement.Requests}");
        }
    });

    [Fact]
    public void The_settings_for_the_most_requests_hold_them() => Cases.Sample(sample =>
    {
        var fit = Fit(sample.Request, sample.VisibleGiB, sample.Gpus);
        if (!fit.Fits)
        {
            return;
        }

        var set = sample.Request with { Options = fit.MostRequestsWith! };
        Assert.Equal(fit.MostRequests, Fit(set, sample.VisibleGiB, sample.Gpus).Placement!.Requests);
    });

    /// <summary>
    /// Why the requests of the chosen layout may fall at all. On each of these cards a split over two GPUs holds more than two copies on
    /// the next larger card, so whatever rule once chooses the split and for a larger card the copies loses requests; the rule that does
    /// not would split an 8B model over eight H200.
    /// </summary>
    [Fact]
    public void No_rule_that_uses_copies_keeps_the_requests_of_a_split()
    {
        const int context = 32_768;
        var both = 0;
        for (var memory = 24; memory < 200; memory++)
        {
            var split = Requests(memory, tensor: 2, data: 1);
            var copies = Requests(memory + 1, tensor: 1, data: 2);
            if (copies > 0)
            {
                both++;
                Assert.True(copies < split, $"{memory} GiB: {copies} and {split}");
            }
        }

        Assert.True(both > 160, $"{both}");

        int Requests(int memory, int tensor, int data) => Fit(Request(context, tensor, data), memory, gpus: 2).Placement?.Requests ?? 0;
    }

    [Fact]
    public void Copies_that_just_fit_are_not_chosen_where_a_split_holds_more_than_twice_as_many_requests()
    {
        // 8.9 billion parameters in BF16, 1.06 GiB of KV cache for each request.
        const int context = 8_192;
        var first = Enumerable.Range(24, 200).First(memory => Fit(Request(context, 1, 2), memory, gpus: 2).Fits);
        var copies = Fit(Request(context, 1, 2), first, gpus: 2).Placement!.Requests;
        var chosen = Fit(Request(context), first, gpus: 2);
        Assert.Equal((2, 1), (chosen.Placement!.TensorParallel, chosen.Placement.DataParallel));
        Assert.Equal((6, 17), (copies, chosen.Placement.Requests));

        var large = Fit(Request(context), 80, gpus: 2);
        Assert.Equal((1, 2), (large.Placement!.TensorParallel, large.Placement.DataParallel));
        Assert.True(large.MostRequests > large.Placement.Requests);
        Assert.Equal((2, 1), (large.MostRequestsWith!.TensorParallel, large.MostRequestsWith.DataParallel));
    }

    [Fact]
    public void A_mixture_of_experts_stays_split_although_spread_experts_would_hold_more()
    {
        var catalog = ModelCatalog.Load();
        var fit = Placer.Fit(new PlacementRequest
        {
            Model = catalog.Models["mistralai/Mistral-Small-4-119B-2603"],
            Engine = Sample.Engine("0.31.0"),
            ContextLength = 32_768,
        }, catalog.Sizes["gpu-h100x8-640gb"], catalog);
        Assert.Equal((8, 1), (fit.Placement!.TensorParallel, fit.Placement.DataParallel));
        Assert.Equal((1, 8), (fit.MostRequestsWith!.TensorParallel, fit.MostRequestsWith.DataParallel));
        Assert.True(fit.MostRequests > 2 * fit.Placement.Requests, $"{fit.MostRequests}");
    }

    private static PlacementRequest Request(int context, int? tensor = null, int? data = null) => new()
    {
        Model = Sample.Model("sample/8B", Precision.Bf16, 17_836_052_480, Sample.Ministral8B),
        Engine = Sample.Engine("0.31.0"),
        ContextLength = context,
        Options = new EngineOptions { TensorParallel = tensor, DataParallel = data },
    };

    private static FitResult Fit(PlacementRequest request, double visibleGiB, int gpus)
    {
        var gpu = Sample.Gpu("a card", GpuArchitecture.Hopper, visibleGiB);
        return NodeFit.Of(request, Sample.Size("any", gpu, gpus) with { FastInterconnect = true }, gpu);
    }
}
