using System.Globalization;
using System.Text.Json;
using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Planning.Catalog;
using Infra.Planning.Observed;
using Infra.Planning.Sizing;
using Infra.Tests.Unit.Hub;
using Infra.Tests.Unit.Sizing;

namespace Infra.Tests.Unit.Observed;

/// <summary><c>./infra plan --observed</c>: a log next to the plan of the same start.</summary>
public sealed class PlanObservedTests
{
    private static readonly Observations All = Observations.Load();

    public static TheoryData<string> Started => [.. All.Rows.Where(row => row.Fits).Select(row => row.Id)];

    /// <summary>The log that a start of an observation would write gives the plan of the observation, and its error.</summary>
    [Theory]
    [MemberData(nameof(Started))]
    public void The_log_of_an_observation_gives_its_error(string id)
    {
        var row = All.Rows.Single(row => row.Id == id);
        var gpu = All.GpuOf(row);
        var request = All.RequestOf(row);
        var catalog = ModelCatalog.Load().Add(RepositoryFixture.Utf8($$"""
            {"gpus": [{"name": "{{gpu.Name}} of a test", "vendor": "{{CatalogWords.Of(gpu.Vendor)}}",
              "architecture": "{{CatalogWords.Of(gpu.Architecture)}}",
              "memoryGB": {{Number(gpu.VisibleGiB)}},
              "visibleGiB": {{Number(gpu.VisibleGiB)}} }],
             "sizes": [{"slug": "the-size", "gpu": "{{gpu.Name}} of a test", "gpuCount": 8,
              "fastInterconnect": {{(row.Pcie ? "false" : "true")}} }]}
            """), "test");
        var observed = ObservedStart.Of(StartLog.Read(LogOf(row)), request.Model, catalog.Sizes["the-size"], catalog,
            new EngineOptions { Vision = row.Vision }, "0.31.0");
        var error = observed.Terms.Last(term => term.Term == "KV cache");
        Assert.Equal(100 * ObservationTests.Error(row), error.Percent!.Value, 3);
        Assert.Equal(All.Plan(row).SafeKvTokens, observed.Plan.SafeKvTokens);
    }

    [Fact]
    public async Task A_log_on_standard_input_is_compared_and_printed_as_an_observation()
    {
        var (status, output, _) = await RunAsync(StartLogTests.Current,
            "--observed", "-", "--model", "mistralai/Ministral-3-8B-Instruct-2512", "--size", "gpu-h100x1-80gb", "--no-vision");
        Assert.Equal(ExitCode.Fine, status);
        Assert.Contains("weights and non-torch", output, StringComparison.Ordinal);
        Assert.Contains("class: dense on one NVIDIA GPU: ", output, StringComparison.Ordinal);
        Assert.Contains("\"kvTokens\": 460496", output, StringComparison.Ordinal);
        Assert.Contains("\"engine\": \"0.31.0\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_has_each_term_and_the_observation()
    {
        var (_, output, _) = await RunAsync(StartLogTests.Current,
            "--observed", "-", "--model", "mistralai/Ministral-3-8B-Instruct-2512", "--size", "gpu-h100x1-80gb", "--json");
        using var report = JsonDocument.Parse(output);
        Assert.Equal(["weights", "activation", "weights and non-torch", "overhead", "KV cache", "KV cache"],
            report.RootElement.GetProperty("terms").EnumerateArray().Select(term => term.GetProperty("term").GetString()!));
        Assert.Equal(460_496, report.RootElement.GetProperty("observation").GetProperty("kvTokens").GetInt64());
        Assert.True(report.RootElement.GetProperty("safeKvTokens").GetInt64() > 0);
    }

    [Fact]
    public async Task Nothing_of_a_log_but_its_numbers_is_printed()
    {
        const string log = "Oct 06 17:00:33 gpu-17.internal.acme.example vllm[8123]: client 203.0.113.77 key hf_0123456789abcdefghijk\n";
        var (status, output, errors) = await RunAsync(log + StartLogTests.WithSecrets,
            "--observed", "-", "--model", "mistralai/Ministral-3-8B-Instruct-2512", "--size", "gpu-l40sx1-48gb");
        Assert.Equal((ExitCode.Fine, ""), (status, errors));
        foreach (var secret in new[] { "gpu-17", "203.0.113", "hf_0123", "hunter2", "acme", "/srv/" })
        {
            Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_model_and_the_card_are_those_of_the_log_if_the_catalog_has_them()
    {
        const string log = """
            vLLM API server version 0.31.0
            non-default args: {'model': '/srv/current', 'served_model_name': ['mistralai/Ministral-3-8B-Instruct-2512']}
            Available KV cache memory: 60.00 GiB
            Free memory on device (78.68/79.18 GiB) on startup. Desired GPU memory utilization is (0.92, 72.85 GiB).
            """;
        var (status, output, _) = await RunAsync(log, "--observed", "-", "--json");
        Assert.Equal(ExitCode.Fine, status);
        using var report = JsonDocument.Parse(output);
        Assert.Equal("mistralai/Ministral-3-8B-Instruct-2512", report.RootElement.GetProperty("model").GetString());
        Assert.Equal("NVIDIA H100", report.RootElement.GetProperty("gpu").GetString());
    }

    [Theory]
    [InlineData("nothing here", "--observed - --size gpu-h100x1-80gb", "has no line of vLLM about memory")]
    [InlineData("", "--observed -", "has no line of vLLM about memory")]
    [InlineData("Available KV cache memory: 9.31 GiB", "--observed -", "--model is missing: the log names no model")]
    [InlineData("non-default args: {'model': '/models/project'}\nAvailable KV cache memory: 9.31 GiB", "--observed -",
        "the log names project, which the catalog does not have")]
    [InlineData("Available KV cache memory: 9.31 GiB", "--observed - --model mistralai/Ministral-3-8B-Instruct-2512",
        "--size is missing: no card of the catalog has the memory")]
    [InlineData("Available KV cache memory: 9.31 GiB", "--observed - --model nobody/nothing", "is not a model of the catalog")]
    [InlineData("", "--observed /no/such/file", "cannot be read: there is no such file")]
    [InlineData("", "--observed /", "cannot be read: it is a folder")]
    [InlineData("", "--observed /dev/zero", "cannot be read: it is a pipe or a device")]
    public async Task What_cannot_be_compared_is_one_message(string log, string typed, string problem)
    {
        var (status, _, errors) = await RunAsync(log, typed.Split(' '));
        Assert.Equal(ExitCode.UserError, status);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
        Assert.Contains("\n  fix: ", errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    /// <summary>An observation as vLLM would have logged it.</summary>
    private static string LogOf(Observation row) => string.Join('\n', new[]
    {
        $"vLLM API server version {row.Engine}",
        $"non-default args: {{'model': '{row.Model}', 'tensor_parallel_size': {row.TensorParallel}, "
            + $"'data_parallel_size': {row.DataParallel}, 'gpu_memory_utilization': {Number(row.Utilization)}"
            + (row.MaxNumSeqs is { } sequences ? $", 'max_num_seqs': {sequences}" : "")
            + (row.MaxNumBatchedTokens is { } tokens ? $", 'max_num_batched_tokens': {tokens}" : "")
            + (row.KvCache == KvCacheType.Fp8 ? ", 'kv_cache_dtype': 'fp8'" : "") + "}",
        row.KvGiB is { } kv ? $"(EngineCore pid=1) INFO [gpu_worker.py:1] Available KV cache memory: {Number(kv)} GiB" : "",
        row.KvTokens is { } cache
            ? string.Create(CultureInfo.InvariantCulture, $"(EngineCore pid=1) INFO [utils.py:1] GPU KV cache size: {cache:N0} tokens")
            : "",
    });

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static async Task<(int Status, string Output, string Errors)> RunAsync(string input, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var log = new StringReader(input);
        var terminal = new Terminal(output, error, interactive: false) { Input = log };
        var status = await InfraCommand.InvokeAsync(["plan", .. words], terminal, [PlanCommand.Create(terminal)]);
        return (status, output.ToString(), error.ToString());
    }
}
