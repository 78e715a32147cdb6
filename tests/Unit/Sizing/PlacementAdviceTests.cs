using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using Infra.Planning.Catalog;
using Infra.Planning.Placements;

namespace Infra.Tests.Unit.Sizing;

/// <summary>What the reason against a size proposes is true: the settings are applied, and the request fits.</summary>
public sealed partial class PlacementAdviceTests
{
    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    [Fact]
    public void Settings_that_are_proposed_make_the_request_fit() => Gen.Select(
        MemoryLawTests.Case, Gen.Int[1, 8], Gen.Int[1, 4], Gen.Int[2_048, 65_536], Gen.Bool)
        .Sample((sample, concurrency, gpus, context, amd) =>
    {
        var gpu = Sample.Gpu("a card", amd ? GpuArchitecture.Cdna3 : GpuArchitecture.Hopper, sample.VisibleGiB);
        var request = new PlacementRequest
        {
            Model = sample.Model,
            Engine = sample.Engine,
            ContextLength = context,
            Concurrency = concurrency,
            Options = sample.Options with { MaxNumSeqs = null },
        };
        Check(request, Sample.Size("any", gpu, gpus), gpu);
    });

    /// <summary>The vendor's recipe runs it, and the default utilization is slightly too low for the promise.</summary>
    [Fact]
    public void Medium_3_5_at_131072_tokens_on_one_MI300X_gets_the_utilization_with_which_it_fits()
    {
        var size = Catalog.Sizes["gpu-mi300x1-192gb"];
        var request = new PlacementRequest
        {
            Model = Catalog.Models["mistralai/Mistral-Medium-3.5-128B"],
            Engine = Catalog.Engines["0.31.0"],
            ContextLength = 131_072,
            Size = size.Slug,
        };
        Assert.True(Check(request, size, Catalog.GpuOf(size)));
    }

    /// <summary>Whether settings were proposed.</summary>
    private static bool Check(PlacementRequest request, GpuSize size, Gpu gpu)
    {
        var fit = NodeFit.Of(request, size, gpu);
        if (fit.Fits || Proposal().Match(fit.Reason) is not { Success: true } proposal)
        {
            return false;
        }

        var options = request.Options with
        {
            Vision = request.Options.Vision && !proposal.Groups["text"].Success,
            GpuMemoryUtilization = proposal.Groups["share"] is { Success: true } share
                ? double.Parse(share.Value, CultureInfo.InvariantCulture) : request.Options.GpuMemoryUtilization,
        };
        var changed = NodeFit.Of(request with { Options = options }, size, gpu);
        Assert.True(changed.Fits, $"{fit.Reason}: {changed.Reason}");
        var promised = int.Parse(proposal.Groups["tokens"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.InRange(promised, request.ContextLength!.Value, changed.LongestContext);
        return true;
    }

    [GeneratedRegex(@"; (?<text>without images \(vision: false\))?( and )?(with gpuMemoryUtilization: (?<share>[0-9.]+))? it fits "
        + "(?<tokens>[0-9,]+) tokens$", RegexOptions.ExplicitCapture)]
    private static partial Regex Proposal();
}
