using System.Net;
using CsCheck;
using Infra.Lab.Network;

namespace Infra.Tests.Unit.Lab.Network;

public sealed class AddressRangesTests
{
    // Few bits vary, so that ranges meet.
    private static readonly Gen<(byte Third, byte Fourth, int Prefix)> Range = Gen.Select(Gen.Byte[0, 3], Gen.Byte, Gen.Int[20, 32]);

    [Fact]
    public void An_address_is_in_the_ranges_when_it_is_in_one_of_them() =>
        Gen.Select(Range.Array[0, 6], Gen.Select(Gen.Byte[0, 3], Gen.Byte)).Sample((ranges, address) =>
        {
            var bits = (address.Item1 << 8) | address.Item2;
            var expected = Array.Exists(ranges, range => ((bits ^ ((range.Third << 8) | range.Fourth)) >> (32 - range.Prefix)) == 0);
            var actual = AddressRanges.Parse(ranges.Select(range => $"10.20.{range.Third}.{range.Fourth}/{range.Prefix}"));
            return actual.Contains(IPAddress.Parse($"10.20.{address.Item1}.{address.Item2}")) == expected;
        });

    [Fact]
    public void What_lies_within_another_range_is_listed_once() =>
        Assert.Equal(["10.0.0.0/8", "203.0.113.7"],
            AddressRanges.Parse(["203.0.113.7", "10.20.0.5/16", "10.0.0.0/8", "203.0.113.7/32"]).ToTexts());

    [Fact]
    public void Everything_is_one_range()
    {
        var ranges = AddressRanges.Parse(["10.0.0.0/8", "0.0.0.0/0", "::/0"]);

        Assert.True(ranges.IsEverything);
        Assert.True(ranges.Contains(IPAddress.Parse("::ffff:192.0.2.1")));
    }

    [Fact]
    public void Ipv6_ranges_hold_no_address_of_the_lab()
    {
        var ranges = AddressRanges.Parse(["::/0", "2001:db8::1"]);

        Assert.True(ranges.IsEmpty);
        Assert.False(ranges.Contains(IPAddress.Parse("2001:db8::1")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("::/129")]
    [InlineData("10.0.0.0/8 } drop")]
    public void An_invalid_range_is_refused(string cidr) => Assert.Throws<FormatException>(() => AddressRanges.Parse([cidr]));
}
