using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;

namespace Infra.Tests.Node;

/// <summary>Checksums of the catalog: whatever a hub lists and sends, what differs from them is not served.</summary>
public sealed class FetchWeightsChecksumTests
{
    private static readonly (string Name, byte[] Content)[] Right =
    [
        ("consolidated.safetensors", WeightsFetch.Weights),
        ("params.json", "{\"dim\":1}"u8.ToArray()),
        ("tekken.json", WeightsFetch.Bytes(500, 4)),
    ];

    [Theory]
    [InlineData("consolidated.safetensors")]
    [InlineData("params.json")]
    public async Task A_hub_that_changed_listing_and_content_together_is_refused_by_name_before_the_weights_come(string changed)
    {
        using var fetch = new WeightsFetch([.. Right.Select(file =>
            file.Name == changed ? (changed, WeightsFetch.Bytes(file.Content.Length, 9)) : file)]);
        var result = await fetch.RunAsync(Pinned(Right));
        Refusal.Holds(result);
        Assert.Contains($"error: {changed} does not match the catalog's checksum: its SHA-256 is ", result.Errors,
            StringComparison.Ordinal);
        Assert.False(Path.Exists(fetch.At("current")));
        Assert.DoesNotContain(fetch.Hub.Requests, request => request.Path.EndsWith("consolidated.safetensors", StringComparison.Ordinal));
        // The same lie passes where the catalog has nothing to hold against it.
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
    }

    [Fact]
    public async Task What_the_catalog_has_is_fetched_and_needs_no_network_from_then_on()
    {
        using var fetch = new WeightsFetch(Right);
        var result = await fetch.RunAsync(Pinned(Right));
        Assert.True(result.ExitCode == 0, result.All);
        var asked = fetch.Hub.Requests.Count;
        Assert.Equal(0, (await fetch.RunAsync(Pinned(Right))).ExitCode);
        Assert.Equal(asked, fetch.Hub.Requests.Count);
    }

    [Fact]
    public async Task A_part_of_the_files_may_be_pinned()
    {
        using var fetch = new WeightsFetch([Right[0], ("params.json", "{\"dim\":2}"u8.ToArray()), Right[2]]);
        var result = await fetch.RunAsync(Pinned(Right[0], Right[2]));
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public async Task A_pinned_file_that_is_not_there_is_missed()
    {
        using var fetch = new WeightsFetch(Right);
        var result = await fetch.RunAsync(Pinned([.. Right, ("consolidated-2.safetensors", WeightsFetch.OtherCopy)]));
        Refusal.Holds(result);
        Assert.Contains("lacks 1 of the files with a checksum in the catalog", result.Errors, StringComparison.Ordinal);
        Assert.Equal(0, fetch.Hub.BytesSent);
    }

    [Fact]
    public async Task A_file_with_a_forged_mark_is_refused_by_the_digest()
    {
        using var fetch = new WeightsFetch(Right);
        var (name, value) = Pinned(Right);
        var result = await fetch.RunAsync((name, new string('0', 64) + value[64..]));
        Refusal.Holds(result);
        Assert.Contains("the files do not match the catalog's checksums", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_from_before_the_catalog_had_checksums_are_compared_with_them()
    {
        using var fetch = new WeightsFetch([Right[0], ("params.json", "{\"dim\":2}"u8.ToArray()), Right[2]]);
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        var result = await fetch.RunAsync(Pinned(Right));
        Refusal.Holds(result);
        Assert.Contains("params.json does not match the catalog's checksum", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_changed_on_the_disk_is_not_reused_by_a_resumed_run()
    {
        using var fetch = new WeightsFetch(Right);
        Assert.Equal(0, (await fetch.RunAsync(Pinned(Right))).ExitCode);
        await File.WriteAllBytesAsync(
            fetch.At("current/consolidated.safetensors"), WeightsFetch.OtherCopy, TestContext.Current.CancellationToken);
        File.Delete(fetch.At("current/complete.json"));
        Assert.Equal(0, (await fetch.RunAsync(Pinned(Right))).ExitCode);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
    }

    [Fact]
    public async Task The_manifest_has_the_checksums_that_a_catalog_takes()
    {
        using var fetch = new WeightsFetch(Right);
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(
            fetch.At("current/complete.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(Checksums(Right),
            manifest["files"]!.AsArray().ToDictionary(file => (string)file!["name"]!, file => (string)file!["sha256"]!));
    }

    internal static (string Name, string Value) Pinned(params (string Name, byte[] Content)[] files) =>
        ("MODEL_CHECKSUMS", WeightsChecksums.Marks(Checksums(files)));

    private static Dictionary<string, string> Checksums((string Name, byte[] Content)[] files) =>
        files.ToDictionary(file => file.Name, file => Convert.ToHexStringLower(SHA256.HashData(file.Content)));
}
