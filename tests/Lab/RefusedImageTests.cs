namespace Infra.Tests.Lab;

/// <summary>An image that cannot serve is reported by name before anything large is downloaded.</summary>
[Collection(SerialLabs.Name)]
public sealed class RefusedImageTests(RefusedImages images) : IClassFixture<RefusedImages>
{
    [Theory]
    [InlineData("broken-0", "ERROR_LIBRARY_NOT_FOUND")]
    [InlineData("missing-0", "nvidia-ctk")]
    [InlineData("older-0", "22\\.04")]
    [InlineData("other-0", "Rocky")]
    public void The_cause_is_reported_by_its_name(string node, string words)
    {
        Assert.True(images.Reported.TryGetValue(node, out var message),
            $"{node} did not fail; these did: {string.Join(", ", images.Reported.Keys)}");
        Assert.Matches(words, SurvivesStage.Line(message, "cause"));
        Assert.NotEmpty(SurvivesStage.Line(message, "next step"));
    }

    [Theory]
    [InlineData("older-0")]
    [InlineData("other-0")]
    public async Task A_release_that_cannot_serve_is_reported_within_the_first_minute(string node) =>
        Assert.InRange(await images.SecondsToFailureAsync(node), 0, 60);

    [Theory]
    [InlineData("older-0")]
    [InlineData("other-0")]
    public void A_release_that_cannot_serve_fetches_no_weights_and_no_image(string node)
    {
        Assert.Empty(images.Stack.Requests(node, Infra.Lab.Mirrors.MirrorKind.Registry));
        Assert.Empty(images.Stack.Requests(node, Infra.Lab.Mirrors.MirrorKind.Hub));
    }
}
