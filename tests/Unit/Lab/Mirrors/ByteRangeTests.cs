using CsCheck;
using Infra.Lab.Mirrors;

namespace Infra.Tests.Unit.Lab.Mirrors;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=90-", 90, 10)]
    [InlineData("bytes=-5", 95, 5)]
    [InlineData("bytes=-500", 0, 100)]
    [InlineData("bytes=50-500", 50, 50)]
    [InlineData("bytes=100-", 0, 0)]
    [InlineData("bytes=100-200", 0, 0)]
    [InlineData("bytes=-0", 0, 0)]
    public void A_range_of_a_hundred_bytes(string header, long first, long length) =>
        Assert.Equal(new ByteRange(first, length), ByteRange.Of(header, 100));

    [Theory]
    [InlineData(null)]
    [InlineData("bytes=9-0")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=-")]
    [InlineData("bytes=1--2")]
    [InlineData("items=0-1")]
    public void What_is_no_range_asks_for_the_whole_file(string? header) => Assert.Null(ByteRange.Of(header, 100));

    [Fact]
    public void A_range_is_always_inside_of_the_file() =>
        Gen.Select(Gen.Long[0, 1000], Gen.Long[0, 1500], Gen.Long[0, 1500]).Sample((size, from, to) =>
        {
            if (ByteRange.Of($"bytes={from}-{to}", size) is { Length: > 0 } range)
            {
                Assert.True(range.First == from && range.First + range.Length <= size && range.First + range.Length - 1 <= to);
            }
            else
            {
                Assert.True(from > to || from >= size);
            }
        });
}
