using System.Net;
using CsCheck;
using Infra.Planning.Config;

namespace Infra.Tests.Unit.Config;

public sealed class CidrTests
{
    private static readonly Gen<Cidr> s_v4 = Gen.Select(Gen.UInt, Gen.Int[0, 32], (address, prefix) =>
    {
        var network = prefix == 0 ? 0 : address & (uint.MaxValue << (32 - prefix));
        return Cidr.Parse($"{new IPAddress(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(network))}/{prefix}");
    });

    [Fact]
    public void A_range_is_written_as_it_is_read() =>
        s_v4.Sample(range => Cidr.Parse(range.ToString()) == range);

    [Fact]
    public void The_platforms_own_reader_takes_the_same_ranges() =>
        s_v4.Sample(range =>
        {
            var other = IPNetwork.Parse(range.ToString());
            Assert.Equal(other.BaseAddress, range.Network);
            Assert.Equal(other.PrefixLength, range.PrefixLength);
        });

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.20.30.40/32", true)]
    [InlineData("172.16.0.0/12", true)]
    [InlineData("172.32.0.0/16", false)]
    [InlineData("0.0.0.0/0", false)]
    [InlineData("10.0.0.0/7", false)]
    [InlineData("203.0.113.7/32", false)]
    [InlineData("::/0", false)]
    public void Only_ranges_that_lie_inside_private_space_are_private(string range, bool inside) =>
        Assert.Equal(inside, Cidr.Parse(range).IsPrivate);

    [Fact]
    public void Overlap_is_mutual_and_a_range_that_contains_another_overlaps_it() =>
        Gen.Select(s_v4, s_v4).Sample((a, b) =>
        {
            Assert.Equal(a.Overlaps(b), b.Overlaps(a));
            Assert.True(!a.Contains(b) || a.Overlaps(b));
            Assert.Equal(a.Overlaps(b), a.Contains(b) || b.Contains(a)); // ranges of a prefix are nested or apart
        });

    [Fact]
    public void Addresses_that_two_ranges_share_are_counted_once() =>
        Gen.Select(s_v4, s_v4).Sample((a, b) =>
        {
            var size = (Cidr range) => UInt128.One << (32 - range.PrefixLength);
            var expected = a.Contains(b) ? size(a) : b.Contains(a) ? size(b) : size(a) + size(b);
            Assert.Equal(expected, Cidr.CountAddresses([a, b]));
            Assert.Equal(expected, Cidr.CountAddresses([b, a]));
        });

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7/32")]
    [InlineData("203.0.113.7/24", "203.0.113.0/24")]
    [InlineData("2001:db8::7", "2001:db8::7/128")]
    [InlineData("2001:db8::7/64", "2001:db8::/64")]
    [InlineData("203.0.113.7/33", null)]
    [InlineData("203.0.113.7/", null)]
    [InlineData("203.0.113.7/-1", null)]
    [InlineData("office", null)]
    [InlineData("*", null)]
    public void The_range_that_was_meant_is_known_where_an_address_is_right(string text, string? meant) =>
        Assert.Equal(meant, Cidr.Meant(text)?.ToString());

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7/32")]
    [InlineData("203.0.113.7:22", "203.0.113.7/32")]
    [InlineData("https://203.0.113.7/24", "203.0.113.0/24")]
    [InlineData("203.0.113.7/32 # home", "203.0.113.7/32")]
    [InlineData("\u201c203.0.113.7/32\u201d", "203.0.113.7/32")]
    [InlineData("203.0.113.7/255.255.255.0", "203.0.113.0/24")]
    [InlineData("203.0.113.*", "203.0.113.0/24")]
    [InlineData("203.0.*.*", "203.0.0.0/16")]
    [InlineData("203.0.113.0-203.0.113.255", null)]
    [InlineData("203.0.113.7.9", null)]
    public void The_range_that_a_person_meant_is_known_too(string text, string? meant) =>
        Assert.Equal(meant, Cidr.Typed(text)?.ToString());

    [Theory]
    [InlineData("::/0")]
    [InlineData("2001:db8::/32")]
    [InlineData("2001:db8::7/128")]
    public void Ipv6_is_read_too(string text) => Assert.Equal(text, Cidr.Parse(text).ToString());

    [Fact]
    public void All_of_ipv6_does_not_overflow() =>
        Assert.Equal(UInt128.MaxValue, Cidr.CountAddresses([Cidr.Parse("::/0"), Cidr.Parse("2001:db8::/32")]));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/24")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0 /8")]
    [InlineData("0x0a.0.0.0/8")]
    [InlineData("10/8")]
    [InlineData("::ffff:10.0.0.0/104")]
    [InlineData("[::]/0")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("2001:db8::/129")]
    [InlineData("10.0.0.256/32")]
    public void An_invalid_range_is_refused_with_a_reason(string text)
    {
        Assert.False(Cidr.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem);
    }
}
