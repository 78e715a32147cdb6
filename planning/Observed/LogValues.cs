using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Observed;

/// <summary>
/// The values of one start, line by line. The wordings are those of vLLM's logs from 0.6 to 0.31 (public logs, 2024-12 to 2026-10):
/// gpu_worker.py, gpu_model_runner.py, kv_cache_utils.py, and the arguments as utils.py and core.py print them.
/// </summary>
internal sealed partial class LogValues
{
    private const string GiB = @"(-?[0-9]+(?:\.[0-9]+)?)\s*Gi?B";

    /// <summary>Limit for one line, which may be anything.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, List<double>> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _arguments = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ranks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outside = new(StringComparer.Ordinal);
    private string? _engine;
    private string? _failure;

    /// <summary>Wordings of each value; the first group is the number.</summary>
    private static readonly (string Value, Regex Wording)[] Wordings =
    [
        ("weights", Pattern($@"(?:Model loading took|Loading model weights took|model weights take|weights memory:)\s+{GiB}")),
        ("weights", Pattern($@"Actual usage is {GiB} for weight\b")),
        ("consumed", Pattern($@"{GiB} for consumed memory")),
        ("activation", Pattern($@"{GiB} for peak activation")),
        ("activation", Pattern($@"PyTorch activation peak memory takes {GiB}")),
        ("activation", Pattern($@"torch peak memory increase:\s*{GiB}")),
        ("nonTorch", Pattern($@"{GiB} for non-torch memory")),
        ("nonTorch", Pattern($@"non_torch_memory takes {GiB}")),
        ("nonTorch", Pattern($@"non-torch forward increase memory:\s*{GiB}")),
        ("graphs", Pattern($@"Estimated CUDA graph memory:\s*{GiB}")),
        ("graphs", Pattern($@"\(actual\),\s*{GiB}\s*\(estimated\)")),
        ("kv", Pattern($@"Available KV cache memory:\s*{GiB}")),
        ("kv", Pattern($@"memory reserved for KV Cache is {GiB}")),
        ("kv", Pattern($@"larger than the available KV cache memory \({GiB}\)")),
        ("free", Pattern($@"Free memory on device(?: \S+)? \(([0-9.]+)/[0-9.]+ GiB\)")),
        ("visible", Pattern($@"Free memory on device(?: \S+)? \([0-9.]+/([0-9.]+) GiB\)")),
        ("visible", Pattern($@"total_gpu_memory \({GiB}\)")),
        ("utilization", Pattern(@"[Dd]esired GPU memory utilization (?:is )?\(([0-9.]+),")),
        ("utilization", Pattern(@"gpu_memory_utilization \(([0-9.]+)\)")),
        ("tokens", Pattern("GPU KV cache size:\\s*([0-9,]+) tokens")),
        ("blocks", Pattern("# (?:GPU|cuda) blocks:\\s*([0-9]+)")),
        ("maxModelLen", Pattern("Maximum concurrency for ([0-9,]+) tokens per request")),
        ("maxModelLen", Pattern("Using max model len ([0-9]+)")),
        ("maxModelLen", Pattern(@"max seq len \(([0-9]+)\)")),
        ("batched", Pattern("Chunked prefill is enabled with max_num_batched_tokens=([0-9]+)")),
    ];

    private static readonly (string Words, string Reason)[] Failures =
    [
        ("larger than the available KV cache memory", "the KV cache does not hold one request of the context"),
        ("No available memory for the cache blocks", "no memory is left for a KV cache"),
        ("is less than desired GPU memory utilization", "the budget is more than the memory that is free"),
        ("CUDA out of memory", "out of memory"),
        ("HIP out of memory", "out of memory"),
        ("OutOfMemoryError", "out of memory"),
    ];

    private static readonly string[] Names =
    [
        "served_model_name", "model", "model_tag", "tensor_parallel_size", "data_parallel_size", "pipeline_parallel_size",
        "gpu_memory_utilization", "max_model_len", "max_seq_len", "max_num_batched_tokens", "max_num_seqs", "kv_cache_dtype",
        "enforce_eager", "language_model_only", "block_size",
    ];

    private static readonly string[] OfMemory = ["weights", "kv", "tokens", "blocks", "consumed"];

    private static readonly string[] OfModel = ["served_model_name", "model", "model_tag"];

    /// <summary>Whether a line about memory came.</summary>
    public bool HasMemory => Array.Exists(OfMemory, _numbers.ContainsKey);

    public void Add(string line)
    {
        if (Version().Match(line) is { Success: true } version)
        {
            _engine = version.Groups[1].Value;
        }

        if (line.Contains("non-default args", StringComparison.Ordinal) || line.Contains("with config:", StringComparison.Ordinal))
        {
            AddArguments(line);
        }

        foreach (var (value, wording) in Wordings)
        {
            foreach (Match match in wording.Matches(line))
            {
                var text = match.Groups[1].Value.Replace(",", "", StringComparison.Ordinal);
                if (double.TryParse(text, CultureInfo.InvariantCulture, out var number))
                {
                    (_numbers.TryGetValue(value, out var known) ? known : _numbers[value] = []).Add(number);
                }
            }
        }

        if (line.Contains("KV cache memory:", StringComparison.Ordinal))
        {
            _ranks.Add(Rank().Match(line).Value);
        }

        _failure ??= Failures.FirstOrDefault(failure => line.Contains(failure.Words, StringComparison.Ordinal)).Reason;
    }

    public StartLog ToLog()
    {
        var charged = EngineMemory.For(_engine ?? "0.31.0").CudaGraphGiB > 0;
        return new StartLog
        {
            Engine = _engine,
            Models = [.. OfModel.Select(name => _arguments.GetValueOrDefault(name))
                .OfType<string>().Distinct(StringComparer.Ordinal)],
            TensorParallel = Whole("tensor_parallel_size"),
            DataParallel = Whole("data_parallel_size"),
            PipelineParallel = Whole("pipeline_parallel_size"),
            Utilization = Argument("gpu_memory_utilization") ?? Least("utilization"),
            MaxModelLen = (int?)Last("maxModelLen") ?? Whole("max_model_len") ?? Whole("max_seq_len"),
            MaxNumBatchedTokens = Whole("max_num_batched_tokens") ?? (int?)Last("batched"),
            MaxNumSeqs = Whole("max_num_seqs"),
            KvCache = _arguments.GetValueOrDefault("kv_cache_dtype") is not { } dtype ? null
                : dtype.StartsWith("fp8", StringComparison.Ordinal) ? KvCacheType.Fp8 : KvCacheType.Auto,
            EnforceEager = Flag("enforce_eager"),
            LanguageOnly = Flag("language_model_only"),
            Outside = [.. _outside.Order(StringComparer.Ordinal)],
            VisibleGiB = Least("visible"),
            FreeGiB = Least("free"),
            WeightsGiB = Most("weights"),
            ConsumedGiB = Most("consumed"),
            ActivationGiB = Most("activation"),
            NonTorchGiB = Most("nonTorch"),
            GraphsGiB = charged ? Most("graphs") : null,
            KvGiB = Least("kv"),
            KvTokens = (long?)Least("tokens") ?? (long?)(Least("blocks") * (Argument("block_size") ?? EngineDefaults.BlockTokens)),
            Failure = _failure,
            Ranks = Math.Max(1, _ranks.Count),
        };
    }

    /// <summary>Arguments as a dict of Python's or as <c>name=value</c>; the first that states one counts.</summary>
    private void AddArguments(string line)
    {
        foreach (var name in Names)
        {
            var match = Regex.Match(line, $"(?<![A-Za-z_])['\"]?{name}['\"]?\\s*[:=]\\s*\\[?['\"]?(?<value>[^'\",\\]}}\\s]+)",
                RegexOptions.CultureInvariant, Limit);
            if (match.Success && match.Groups["value"].Value is not "None")
            {
                _arguments.TryAdd(name, match.Groups["value"].Value);
            }
        }

        foreach (var (words, what) in new[]
        {
            ("kv_connector", "a KV connector"), ("speculative_config={", "a draft model"), ("'speculative_config'", "a draft model"),
            ("SpeculativeConfig(", "a draft model"), ("cpu_offload_gb", "offloading"), ("'enable_lora': True", "LoRA"),
        })
        {
            if (line.Contains(words, StringComparison.Ordinal))
            {
                _outside.Add(what);
            }
        }
    }

    private double? Argument(string name) =>
        _arguments.TryGetValue(name, out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    private int? Whole(string name) =>
        _arguments.TryGetValue(name, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    private bool? Flag(string name) => _arguments.TryGetValue(name, out var text) && bool.TryParse(text, out var flag) ? flag : null;

    private double? Least(string value) => _numbers.TryGetValue(value, out var numbers) ? numbers.Min() : null;

    private double? Most(string value) => _numbers.TryGetValue(value, out var numbers) ? numbers.Max() : null;

    private double? Last(string value) => _numbers.TryGetValue(value, out var numbers) ? numbers[^1] : null;

    private static Regex Pattern(string text) => new(text, RegexOptions.CultureInvariant, Limit);

    [GeneratedRegex(@"(?:vLLM API server version|vLLM version|LLM engine \()\s*v?([0-9]+\.[0-9]+\.[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"\((?:VllmWorker|Worker|EngineCore)[A-Za-z0-9_ =]*", RegexOptions.CultureInvariant)]
    private static partial Regex Rank();
}
