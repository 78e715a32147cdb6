using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;
using Infra.Planning.Reading;

namespace Infra.Tests.Unit.Catalog;

/// <summary>The reader learns from the records what a row may look like: what it takes for granted of them holds.</summary>
public sealed class RecordShapeTests
{
    public static TheoryData<Type> Records =>
    [
        typeof(Architecture), typeof(BaseImage), typeof(EngineBreakage), typeof(EngineImage), typeof(EnginePackage), typeof(EngineRelease),
        typeof(Gpu),
        typeof(GpuSize), typeof(LatentAttention), typeof(MixtureOfExperts), typeof(ModelSpec), typeof(SecurityFloor), typeof(VisionTower),
    ];

    [Theory]
    [MemberData(nameof(Records))]
    public void A_member_that_may_be_absent_may_be_null_and_the_other_way_round(Type record)
    {
        var nullability = new NullabilityInfoContext();
        var references = record.GetProperties().Where(property => property.CanWrite && !property.PropertyType.IsValueType);
        Assert.All(references, property =>
        {
            var member = RecordShape.Of(record).Member(JsonNamingPolicy.CamelCase.ConvertName(property.Name))!;
            Assert.Equal(nullability.Create(property).WriteState == NullabilityState.Nullable, member.AllowsNull);
            Assert.Equal(!member.Required, member.AllowsNull);
        });
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Every_number_has_bounds(Type record) => Assert.All(
        RecordShape.Of(record).Members.Where(member => member.Shape.Kind is ValueKind.Whole or ValueKind.Decimal),
        member => Assert.True(member.Bounds is var (lowest, highest) && lowest < highest, member.Name));

    [Theory]
    [MemberData(nameof(Records))]
    public void Every_pattern_describes_what_it_wants(Type record) => Assert.All(
        RecordShape.Of(record).Members.Where(member => member.Pattern is not null),
        member => Assert.StartsWith("must ", member.Pattern!.Value.Help, StringComparison.Ordinal));

    [Theory]
    [InlineData(Patterns.Word, "--tool-call-parser", true)]
    [InlineData(Patterns.Word, "a b", false)]
    [InlineData(Patterns.Word, "a\"b", false)]
    [InlineData(Patterns.Word, "$HOME", false)]
    [InlineData(Patterns.Word, "`id`", false)]
    [InlineData(Patterns.Word, "a\\b", false)]
    [InlineData(Patterns.Word, "a;b", false)]
    [InlineData(Patterns.HttpsUrl, "https://mirror.example.com:8443/a/b-c", true)]
    [InlineData(Patterns.HttpsUrl, "https://mirror.example.com/?x=1", false)]
    [InlineData(Patterns.HttpsUrl, "https://mirror.example.com/#x", false)]
    [InlineData(Patterns.HttpsUrl, "https://u@mirror.example.com", false)]
    [InlineData(Patterns.HttpsUrl, "file:///etc/passwd", false)]
    [InlineData(Patterns.RepositoryId, "mistralai/Ministral-3-3B-Base-2512", true)]
    [InlineData(Patterns.RepositoryId, "gpt2", true)]
    [InlineData(Patterns.RepositoryId, "../weights", false)]
    [InlineData(Patterns.RepositoryId, "a/b/c", false)]
    [InlineData(Patterns.RepositoryId, "-a/b", false)]
    [InlineData(Patterns.ImageRepository, "docker.io/vllm/vllm-openai", true)]
    [InlineData(Patterns.ImageRepository, "docker.io/vllm/vllm-openai:latest", false)]
    [InlineData(Patterns.Date, "2026-02", true)]
    [InlineData(Patterns.Date, "2026-13-01", false)]
    public void Spellings_let_through_what_they_should(string pattern, string text, bool good) =>
        Assert.Equal(good, Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant));
}
