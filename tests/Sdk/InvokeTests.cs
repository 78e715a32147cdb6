using System.Collections.Immutable;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;
using Pulumi.Utilities;

namespace Infra.Tests.Sdk;

/// <summary>The functions of providers.</summary>
[Collection(SerialRuns.Name)]
public sealed class InvokeTests
{
    private static readonly string[] Names = ["a", "b"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_sizes_that_are_sold_come_as_an_output(bool preview)
    {
        var mocks = new Mocks { Result = _ => Sizes };
        var sizes = await mocks.RunAsync(
            () => GetSizes.Invoke(new()
            {
                Filters = { new GetSizesFilterInputArgs { Key = "slug", Values = { "gpu-4000adax1-20gb" } } },
                Sorts = { new GetSizesSortInputArgs { Key = "price_hourly", Direction = "asc" } },
            }),
            preview);
        AssertSizes(await OutputUtilities.GetValueAsync(sizes));
        var call = Assert.Single(mocks.Called);
        Assert.Equal("digitalocean:index/getSizes:getSizes", call.Token);
        Assert.Equal("", call.Provider);
        var filter = Mocks.OnlyObject(call.Args["filters"]);
        Assert.Equal("slug", filter["key"]);
        Assert.Equal(["gpu-4000adax1-20gb"], Assert.IsType<ImmutableArray<object>>(filter["values"]));
    }

    [Fact]
    public async Task The_sizes_that_are_sold_can_be_awaited()
    {
        var mocks = new Mocks { Result = _ => Sizes };
        GetSizesResult? sizes = null;
        await Deployment.TestAsync(mocks, new(), async () => sizes = await GetSizes.InvokeAsync(new()
        {
            Filters = [new GetSizesFilterArgs { Key = "slug", Values = ["gpu-4000adax1-20gb"] }],
        }));
        AssertSizes(sizes!);
        var filter = Mocks.OnlyObject(mocks.Called[0].Args["filters"]);
        Assert.Equal(["key", "values"], filter.Keys.Order());
    }

    [Fact]
    public async Task A_function_is_not_called_while_an_argument_is_unknown()
    {
        var mocks = new Mocks();
        var sizes = await mocks.RunAsync(
            () => GetSizes.Invoke(new()
            {
                Filters = { new GetSizesFilterInputArgs { Key = OutputUtilities.CreateUnknown(""), Values = { "v" } } },
            }),
            preview: true);
        Assert.False(await OutputUtilities.GetIsKnownAsync(sizes));
        Assert.Empty(mocks.Called);
    }

    [Fact]
    public async Task A_function_is_not_called_while_a_resource_that_it_depends_on_has_no_id()
    {
        var mocks = new Mocks { Answer = args => Task.FromResult<(string?, object)>((null, args.Inputs)) };
        var sizes = await mocks.RunAsync(
            () => GetSizes.Invoke(new(), new InvokeOutputOptions { DependsOn = { new Pulumi.DigitalOcean.Tag("t") } }), preview: true);
        Assert.False(await OutputUtilities.GetIsKnownAsync(sizes));
        Assert.Empty(mocks.Called);
    }

    [Fact]
    public async Task The_result_depends_on_what_the_function_depends_on()
    {
        var mocks = new Mocks { Result = _ => Sizes };
        var (tag, sizes) = await mocks.RunAsync(() =>
        {
            var tag = new Pulumi.DigitalOcean.Tag("t");
            return (tag, GetSizes.Invoke(new(), new InvokeOutputOptions { DependsOn = { tag } }));
        });
        Assert.Equal([tag], await OutputUtilities.GetDependenciesAsync(sizes));
    }

    [Fact]
    public async Task A_function_that_fails_fails_the_deployment_though_no_one_reads_its_result()
    {
        var exception = await Assert.ThrowsAsync<RunException>(() => new Mocks().RunAsync(() => { GetSizes.Invoke(); }));
        Assert.Contains("Unexpected call of digitalocean:index/getSizes:getSizes.", exception.Message, StringComparison.Ordinal);
    }

    private static ImmutableDictionary<string, object> Sizes => Mocks.State(
        ("id", "i"),
        ("sizes", new[]
        {
            Mocks.State(
                ("slug", "gpu-4000adax1-20gb"), ("available", true), ("regions", Names), ("priceHourly", 0.76), ("priceMonthly", 565.44),
                ("memory", 32768), ("vcpus", 8), ("disk", 500), ("transfer", 10.0)),
        }));

    private static void AssertSizes(GetSizesResult result)
    {
        var size = Assert.Single(result.Sizes);
        Assert.Equal("gpu-4000adax1-20gb", size.Slug);
        Assert.True(size.Available);
        Assert.Equal(Names, size.Regions);
        Assert.Equal(0.76, size.PriceHourly);
        Assert.Equal(32768, size.Memory);
    }
}
