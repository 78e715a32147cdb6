namespace Infra.Tests.Node;

/// <summary>The download of weights against a hub with faults.</summary>
public sealed class FetchWeightsTests
{
    [Fact]
    public async Task One_copy_of_the_weights_is_fetched_with_what_describes_it()
    {
        using var fetch = new WeightsFetch();
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(["complete.json", "config.json", "consolidated.safetensors", "params.json", "tekken.json"], fetch.Files);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
    }

    [Theory]
    [InlineData("mistral")]
    [InlineData("hf")]
    public async Task The_system_prompt_comes_with_either_copy(string format)
    {
        using var fetch = new WeightsFetch(
            ("config.json", WeightsFetch.Bytes(10, 3)), ("params.json", WeightsFetch.Bytes(10, 3)),
            ("tekken.json", WeightsFetch.Bytes(10, 3)),
            ("consolidated.safetensors", WeightsFetch.Weights), ("model.safetensors", WeightsFetch.OtherCopy),
            ("SYSTEM_PROMPT.txt", "You are {name}."u8.ToArray()), ("NOTES.txt", "no"u8.ToArray()));
        var result = await fetch.RunAsync(("MODEL_FORMAT", format));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal("You are {name}.",
            await File.ReadAllTextAsync(fetch.At("current/SYSTEM_PROMPT.txt"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain("NOTES.txt", fetch.Files);
        Assert.Contains("SYSTEM_PROMPT.txt",
            await File.ReadAllTextAsync(fetch.At("current/complete.json"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_complete_download_of_an_older_version_is_compared_with_the_listing_again()
    {
        using var fetch = new WeightsFetch();
        await fetch.RunAsync();
        var manifest = fetch.At("current/complete.json");
        var text = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(manifest, text.Replace("\"selection\": 2,", "", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var sent = fetch.Hub.BytesSent;
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        Assert.Equal(sent, fetch.Hub.BytesSent);
        Assert.Contains("\"selection\": 2", await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_transformers_copy_is_fetched_for_that_format()
    {
        using var fetch = new WeightsFetch();
        var result = await fetch.RunAsync(("MODEL_FORMAT", "hf"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("model.safetensors", fetch.Files);
        Assert.DoesNotContain("consolidated.safetensors", fetch.Files);
    }

    [Fact]
    public async Task What_is_complete_needs_no_network()
    {
        using var fetch = new WeightsFetch();
        await fetch.RunAsync();
        var asked = fetch.Hub.Requests.Count;
        var result = await fetch.RunAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(asked, fetch.Hub.Requests.Count);
    }

    [Fact]
    public async Task A_file_that_lost_its_end_is_fetched_again()
    {
        using var fetch = new WeightsFetch();
        await fetch.RunAsync();
        await File.WriteAllBytesAsync(fetch.At("current/consolidated.safetensors"), WeightsFetch.Weights[..1000],
            TestContext.Current.CancellationToken);
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
    }

    [Fact]
    public async Task An_interrupted_download_continues_where_it_stopped()
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Cuts.Enqueue(200_000);
        fetch.Hub.Cuts.Enqueue(50_000);
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
        Assert.InRange(fetch.Hub.BytesSent, WeightsFetch.Weights.Length, WeightsFetch.Weights.Length + 10_000);
    }

    [Fact]
    public async Task The_next_run_resumes_one_that_gave_up()
    {
        using var fetch = new WeightsFetch();
        for (var i = 0; i < 40; i++)
        {
            fetch.Hub.Cuts.Enqueue(i == 0 ? 150_000 : 0);
        }

        var first = await fetch.RunAsync(("RETRY_S", "1"));
        Assert.Equal(1, first.ExitCode);
        Assert.Contains("error: no data from", first.Errors, StringComparison.Ordinal);
        fetch.Hub.Cuts.Clear();
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        Assert.InRange(fetch.Hub.BytesSent, WeightsFetch.Weights.Length, WeightsFetch.Weights.Length + 10_000);
    }

    [Fact]
    public async Task A_hub_without_ranges_serves_as_well()
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.IgnoresRanges = true;
        Assert.Equal(0, (await fetch.RunAsync(("FETCH_SEGMENT", "65536"))).ExitCode);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
    }

    [Fact]
    public async Task Segments_make_the_same_file()
    {
        using var fetch = new WeightsFetch();
        Assert.Equal(0, (await fetch.RunAsync(("FETCH_SEGMENT", "7001"))).ExitCode);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
    }

    [Fact]
    public async Task A_corrupt_file_is_fetched_once_more()
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Corrupt = ("consolidated.safetensors", 1);
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
    }

    [Theory]
    [InlineData("consolidated.safetensors")]
    [InlineData("tekken.json")]
    public async Task A_file_that_stays_corrupt_is_named_and_refused(string name)
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Corrupt = (name, 9);
        var result = await fetch.RunAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error: {name} is corrupt", result.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(fetch.At("current")));
    }

    [Fact]
    public async Task A_repository_without_the_format_is_named_with_what_it_lacks()
    {
        using var fetch = new WeightsFetch(("config.json", WeightsFetch.Bytes(10, 3)), ("model.safetensors", WeightsFetch.OtherCopy));
        var result = await fetch.RunAsync();
        Assert.Contains("lacks consolidated*.safetensors, params.json, tekken.json", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "denies access")]
    [InlineData(403, "denies access")]
    [InlineData(404, "has no mistralai/Ministral-3-3B-Instruct-2512 at")]
    public async Task What_waiting_does_not_fix_ends_at_once(int status, string message)
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Refuse = status;
        var result = await fetch.RunAsync(("RETRY_S", "900"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Contains("\nnext: ", result.Errors, StringComparison.Ordinal);
        Assert.Single(fetch.Hub.Requests);
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_not_where_it_redirects_to()
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Redirects = true;
        var result = await fetch.RunAsync(("CREDENTIALS_DIRECTORY", fetch.Credentials("hf_secret")));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.All(fetch.Hub.Requests,
            request => Assert.Equal(request.Host == "localhost" ? null : "Bearer hf_secret", request.Authorization));
        Assert.Contains(fetch.Hub.Requests, request => request.Host == "localhost");
        Assert.DoesNotContain("hf_secret", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_leaves_the_folder_is_never_written()
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.MoreRows = [new { type = "file", path = "../../evil.json", size = 1, oid = "0" },
            new { type = "file", path = "sub/evil.json", size = 1, oid = "0" }];
        Assert.Equal(0, (await fetch.RunAsync()).ExitCode);
        Assert.DoesNotContain(Directory.GetFiles(fetch.Root, "*", SearchOption.AllDirectories),
            file => file.EndsWith("evil.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_that_is_too_small_is_reported_before_a_byte_is_fetched()
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.MoreRows =
            [new { type = "file", path = "consolidated-2.safetensors", size = 900_000_000_000_000L, oid = WeightsFetch.Revision }];
        var result = await fetch.RunAsync(("MODEL_BYTES", "900000000000000"));
        Assert.Contains("do not fit", result.Errors, StringComparison.Ordinal);
        Assert.Equal(0, fetch.Hub.BytesSent);
    }

    [Theory]
    [InlineData("MODEL_REVISION", "main")]
    [InlineData("MODEL_ID", "../x")]
    public async Task Only_a_repository_at_a_commit_is_fetched(string key, string value)
    {
        using var fetch = new WeightsFetch();
        var result = await fetch.RunAsync((key, value));
        Assert.Contains("is not a repository id with a 40-digit commit", result.Errors, StringComparison.Ordinal);
        Assert.Empty(fetch.Hub.Requests);
    }
}
