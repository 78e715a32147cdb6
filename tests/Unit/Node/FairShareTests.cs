using CsCheck;
using Infra.Node;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Node;

/// <summary>What a request and a client may take of an engine, for engines of every size.</summary>
public sealed class FairShareTests
{
    private static readonly Infra.Planning.Placements.Placement s_small = NodeSamples.Plan().Placement;

    [Fact]
    public void No_request_and_no_client_among_several_fills_the_engine() =>
        Gen.Select(Gen.Int[1, 4096], Gen.Int[1, 8], Gen.Int[1, 2000], Gen.Int[2, 50]).Sample((sequences, engines, requests, clients) =>
        {
            var places = sequences * engines;
            var share = FairShare.Of(s_small with { MaxNumSeqs = sequences, DataParallel = engines, Requests = requests }, clients);
            var (rate, concurrent, prompting) = Limits(share.Limits([])[1..]);
            Assert.InRange(share.Answers * share.Prompts, 1, places);
            Assert.InRange(concurrent, 1, Math.Max(1, Math.Min(places, 4 * requests)));
            Assert.InRange(prompting, 1, concurrent);
            // One request can always be made. Beyond it a client that asks for as much as it can leaves a quarter of the places to the
            // others.
            var most = share.Answers * (prompting * share.Prompts + concurrent - prompting);
            Assert.True(concurrent == 1 || most <= places * 3 / 4, $"{most} of {places}");
            Assert.Equal(FairShare.RequestsPerMinute, rate);
        });

    [Fact]
    public void A_single_client_may_have_every_place() =>
        Gen.Int[1, 4096].Sample(sequences => Assert.Equal(
            $":12000:{sequences}:{sequences}",
            FairShare.Of(s_small with { MaxNumSeqs = sequences, DataParallel = 1 }, 1).Limits([])));

    [Fact]
    public void A_client_may_have_its_own_limits()
    {
        var share = FairShare.Of(s_small with { MaxNumSeqs = 256, DataParallel = 1, Requests = 100 }, 3);
        Assert.Equal(new FairShare(4, 4, 27, SingleClient: false), share);
        Assert.Equal(":12000:27:6,batch:60:27:6,web:12000:100:25", share.Limits(
        [
            new() { Name = "web", Concurrent = 100 }, new() { Name = "alice" }, new() { Name = "batch", RequestsPerMinute = 60 },
        ]));
    }

    // 8 bytes a token: twice what English has, more than an escaped letter of any alphabet.
    [Fact]
    public void The_body_limit_covers_all_prompts_and_images_that_a_request_may_have() =>
        Gen.Select(Gen.Int[1, 4096], Gen.Int[1024, 262_144], Gen.Int[0, 3]).Sample((sequences, context, images) =>
        {
            var share = FairShare.Of(s_small with { MaxNumSeqs = sequences, DataParallel = 1 }, 2);
            var mib = share.BodyMiB(context, images);
            Assert.InRange(mib, 2, FairShare.MostMiB);
            Assert.True((long)mib << 20 >= ((8L * context * share.Prompts) + (images * 12_000_000L * 4 / 3)));
            Assert.InRange(share.BodyMiB(context + 1, images), mib, FairShare.MostMiB);
            Assert.InRange(share.BodyMiB(context, images + 1), mib, FairShare.MostMiB);
        });

    [Theory]
    [InlineData(32_768, 0, 3)]
    [InlineData(262_144, 0, 17)]
    [InlineData(8_192, 1, 18)]
    [InlineData(8_192, 4, 64)]
    public void A_model_without_images_gets_a_small_body_limit(int context, int images, int mib) =>
        Assert.Equal(mib, new FairShare(4, 4, 27, SingleClient: false).BodyMiB(context, images));

    private static (int Rate, int Concurrent, int Prompting) Limits(string entry)
    {
        var numbers = entry.Split(':').Select(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1], numbers[2]);
    }
}
