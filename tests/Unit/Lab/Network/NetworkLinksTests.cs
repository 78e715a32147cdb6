using CsCheck;
using Infra.Lab.Network;

namespace Infra.Tests.Unit.Lab.Network;

public sealed class NetworkLinksTests
{
    [Fact]
    public void Links_of_a_droplet_are_named_after_its_number()
    {
        Assert.Equal("s450000001p", NetworkLinks.Public("450000001"));
        Assert.Equal("s450000001v", NetworkLinks.Private("450000001"));
    }

    [Fact]
    public void Links_of_others_are_named_after_a_hash_of_their_id() =>
        Assert.Equal("b75666699b77dv", NetworkLinks.Private("uuid"));

    [Fact]
    public void A_name_has_at_most_fifteen_characters_whatever_the_id() =>
        Gen.String[1, 60].Sample(id => NetworkLinks.Public(id).Length <= 15 && NetworkLinks.Public(id).All(char.IsAsciiLetterOrDigit));

    [Fact]
    public void Different_ids_have_different_names() =>
        Gen.Select(Gen.String, Gen.String).Where(ids => ids.Item1 != ids.Item2)
            .Sample(ids => NetworkLinks.Stem(ids.Item1) != NetworkLinks.Stem(ids.Item2));
}
