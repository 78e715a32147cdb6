namespace Infra.Tests.Node;

/// <summary>
/// What an earlier run, a full disk or someone with the Volume left where the weights go:
/// the next run ends with the right files all the same.
/// </summary>
public sealed class FetchWeightsDiskTests
{
    [Theory]
    [InlineData("echo '[]' > progress.json")]
    [InlineData("echo '5' > progress.json")]
    [InlineData("head -c 100000 /dev/zero | tr '\\0' '[' > progress.json")]
    [InlineData("echo '{\"consolidated.safetensors\": 5}' > progress.json")]
    [InlineData("echo '{\"consolidated.safetensors\": {\"identity\": [1]}}' > progress.json; : > consolidated.safetensors.part")]
    [InlineData("mkdir -p progress.json/x")]
    [InlineData("mkfifo progress.json")]
    [InlineData("mkfifo complete.json")]
    [InlineData("mkdir -p complete.json/x complete.json.new/x progress.json.new/x")]
    [InlineData("echo '{\"files\": 5}' > complete.json")]
    [InlineData("echo '{\"files\": [5], \"format\": \"mistral\", \"selection\": 2}' > complete.json")]
    [InlineData("echo null > complete.json")]
    [InlineData("head -c 100000 /dev/zero | tr '\\0' '[' > complete.json")]
    [InlineData("mkfifo consolidated.safetensors.part")]
    [InlineData("mkdir -p consolidated.safetensors/x consolidated.safetensors.part/x")]
    [InlineData("ln -s ../../../victim consolidated.safetensors.part; ln -s ../../../victim complete.json.new")]
    [InlineData("cd ..; rmdir \"$folder\"; mkdir ../elsewhere; ln -s ../elsewhere \"$folder\"")]
    [InlineData("cd ..; rmdir \"$folder\"; : > \"$folder\"")]
    [InlineData("cd ../..; mkdir -p current/x current.new/x")]
    [InlineData("cd ../..; : > current; mkfifo current.new")]
    public async Task The_weights_replace_anything_in_their_place(string left)
    {
        using var fetch = new WeightsFetch();
        var folder = fetch.At($"{FakeHub.Model.Replace("/", "--", StringComparison.Ordinal)}/{WeightsFetch.Revision}");
        await File.WriteAllTextAsync(fetch.At("victim"), "mine", TestContext.Current.CancellationToken);
        var made = await Tool.RunAsync("bash", ["-euc", $"folder={folder}; mkdir -p \"$folder\"; cd \"$folder\"; {left}"]);
        Assert.True(made.ExitCode == 0, made.All);
        var result = await fetch.RunInsideAsync(words => ["timeout", "20", .. words]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(["complete.json", "config.json", "consolidated.safetensors", "params.json", "tekken.json"], fetch.Files);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
        Assert.Equal("mine", await File.ReadAllTextAsync(fetch.At("victim"), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.Exists(fetch.At("elsewhere")) ? Directory.GetFileSystemEntries(fetch.At("elsewhere")) : []);
    }

    [Fact]
    public async Task Progress_that_claims_too_much_is_detected_by_the_checksum()
    {
        using var fetch = new WeightsFetch();
        for (var i = 0; i < 40; i++)
        {
            fetch.Hub.Cuts.Enqueue(i == 0 ? 150_000 : 0);
        }

        Assert.Equal(1, (await fetch.RunAsync(("RETRY_S", "1"))).ExitCode);
        fetch.Hub.Cuts.Clear();
        var part = Directory.GetFiles(fetch.Root, "consolidated.safetensors.part", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(part, [], TestContext.Current.CancellationToken);
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
    }

    [Fact]
    public async Task A_repository_with_files_of_our_names_does_not_overwrite_ours()
    {
        using var fetch = new WeightsFetch(
            ("params.json", "{}"u8.ToArray()), ("tekken.json", "{}"u8.ToArray()), ("consolidated.safetensors", WeightsFetch.Weights),
            ("complete.json", "{\"evil\":1}"u8.ToArray()), ("progress.json", "[]"u8.ToArray()));
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        Assert.Equal(["complete.json", "consolidated.safetensors", "params.json", "tekken.json"], fetch.Files);
        Assert.DoesNotContain("evil", await File.ReadAllTextAsync(fetch.At("current/complete.json"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }
}
