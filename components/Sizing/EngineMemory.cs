using System.Globalization;

namespace Infra.Components.Sizing;

/// <summary>
/// How one generation of vLLM accounts for memory. Every constant has a unit and a source; <c>docs/sizing.md</c> derives them and shows
/// how well they predict what was logged.
/// </summary>
internal sealed record EngineMemory
{
    /// <summary>First release of this generation.</summary>
    public required Version From { get; init; }

    /// <summary>Bytes per logit, of <c>max_num_seqs</c> times the vocabulary, at the peak of the dummy sampler run.</summary>
    public required double SamplerBytesPerLogit { get; init; }

    /// <summary>Bytes per logit that the sampler keeps for good: counts of the tokens that were drawn, for penalties.</summary>
    public required double SamplerStateBytesPerLogit { get; init; }

    /// <summary>Copies of the embedding table that a compilation makes while the profiling run waits for it.</summary>
    public required double EmbeddingCopies { get; init; }

    /// <summary>Bytes of one element of the table of rotary positions.</summary>
    public required int RotaryBytesPerElement { get; init; }

    /// <summary>Allocations outside of torch on one GPU: kernels, cuBLAS workspaces. In GiB.</summary>
    public required double NonTorchGiB { get; init; }

    /// <summary>What the KV cache gives up for CUDA graphs; 0 where they are taken from outside of the budget. In GiB.</summary>
    public required double CudaGraphGiB { get; init; }

    /// <summary>Buffers of NCCL and of the custom all-reduce per GPU when there are several. In GiB.</summary>
    public const double CommunicationGiB = 0.41;

    /// <summary>
    /// The second model runner: default for all models since 0.29.0 (pull request 53183, 2026-08-27), for dense models earlier. Its dummy
    /// sampler run skips top-k and top-p: BF16 logits and one FP32 copy.
    /// </summary>
    private static readonly EngineMemory SecondRunner = new()
    {
        From = new Version(0, 29, 0),
        SamplerBytesPerLogit = 6,
        SamplerStateBytesPerLogit = 4.125,
        EmbeddingCopies = 1,
        RotaryBytesPerElement = 4,
        NonTorchGiB = 0.26,
        CudaGraphGiB = 0.2,
    };

    /// <summary>The first runner with graphs charged to the budget (<c>VLLM_MEMORY_PROFILER_ESTIMATE_CUDAGRAPHS</c>, default since 0.21).</summary>
    private static readonly EngineMemory FirstRunnerWithGraphs = new()
    {
        From = new Version(0, 21, 0),
        SamplerBytesPerLogit = FirstRunnerSampler,
        SamplerStateBytesPerLogit = 0,
        EmbeddingCopies = 0,
        RotaryBytesPerElement = 2,
        NonTorchGiB = 0.2,
        CudaGraphGiB = 0.4,
    };

    private static readonly EngineMemory FirstRunner = FirstRunnerWithGraphs with { From = new Version(0, 0), NonTorchGiB = 0.14, CudaGraphGiB = 0 };

    /// <summary>
    /// The first runner sorts for top-k and top-p. Read off seven H100 logs of 0.11.0 with vocabularies of 128,256, 151,936 and 201,088
    /// (llm-d-benchmark, empirical-vllm-memory-results.md): all within 0.02 GiB.
    /// </summary>
    private const double FirstRunnerSampler = 38.25;

    private static readonly EngineMemory[] Generations = [SecondRunner, FirstRunnerWithGraphs, FirstRunner];

    /// <summary>The generation of a release such as <c>0.31.0</c>.</summary>
    public static EngineMemory For(string version)
    {
        // A release candidate has letters after the numbers: 0.31.0rc1.
        var numbers = new string([.. version.TakeWhile(character => char.IsAsciiDigit(character) || character == '.')]).TrimEnd('.');
        var parts = numbers.Split('.');
        var parsed = new Version(Number(0), Number(1), Number(2));
        return Generations.First(generation => parsed >= generation.From);

        int Number(int index) => index < parts.Length && int.TryParse(parts[index], CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
