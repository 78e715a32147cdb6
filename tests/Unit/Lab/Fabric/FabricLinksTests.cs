using CsCheck;
using Infra.Lab.Fabric;

namespace Infra.Tests.Unit.Lab.Fabric;

public sealed class FabricLinksTests
{
    [Fact]
    public void Links_of_a_droplet_are_named_after_its_number()
    {
        Assert.Equal("s450000001p", FabricLinks.Public("450000001"));
        Assert.Equal("s450000001v", FabricLinks.Private("450000001"));
    }

    [Fact]
    public void Links_of_others_are_named_after_a_hash_of_their_id() =>
        Assert.Equal("b75666699b77dv", FabricLinks.Private("uuid"));

    [Fact]
    public void A_name_has_at_most_fifteen_characters_whatever_the_id() =>
        Gen.String[1, 60].Sample(id => FabricLinks.Public(id).Length <= 15 && FabricLinks.Public(id).All(char.IsAsciiLetterOrDigit));

    [Fact]
    public void Different_ids_have_different_names() =>
        Gen.Select(Gen.String, Gen.String).Where(ids => ids.Item1 != ids.Item2)
            .Sample(ids => FabricLinks.Stem(ids.Item1) != FabricLinks.Stem(ids.Item2));
}
