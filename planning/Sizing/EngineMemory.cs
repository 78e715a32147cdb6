using System.Globalization;

namespace Infra.Planning.Sizing;

/// <summary>
/// Memory accounting of one generation of vLLM. <c>docs/sizing.md</c> has the source of each constant and how well they predict the logged
/// values. For a new release, add a generation here and observations to the tests.
/// </summary>
internal sealed record EngineMemory
{
    /// <summary>First release of this generation.</summary>
    public required Version From { get; init; }

    /// <summary>Bytes per logit, of <c>max_num_seqs</c> times the vocabulary, at the peak of the dummy sampler run.</summary>
    public required double SamplerBytesPerLogit { get; init; }

    /// <summary>Other bytes of the dummy sampler run.</summary>
    public required double SamplerBytes { get; init; }

    /// <summary>Bytes per logit that the sampler keeps allocated.</summary>
    public double SamplerStateBytesPerLogit { get; init; }

    /// <summary>Whether the dummy sampler run also counts for models with a vision tower.</summary>
    public bool SamplesMultimodal { get; init; } = true;

    /// <summary>Whether a first start, which compiles, allocates copies of the embedding table that stay in the peak.</summary>
    public bool CompilationInPeak { get; init; }

    /// <summary>Whether the workspace of fused experts stays allocated while the sampler runs.</summary>
    public bool ExpertWorkspaceStays { get; init; } = true;

    /// <summary>Bytes of one element of the table of rotary positions.</summary>
    public required int RotaryBytesPerElement { get; init; }

    /// <summary>Allocations of one GPU outside of torch, in GiB.</summary>
    public required double NonTorchGiB { get; init; }

    /// <summary>
    /// Added to <see cref="NonTorchGiB"/> with several GPUs on NVLink: NCCL, custom all-reduce and symmetric memory. In GiB.
    /// </summary>
    public required double CommunicationGiB { get; init; }

    /// <summary>Added to <see cref="CommunicationGiB"/> with more than four GPUs. In GiB.</summary>
    public double CommunicationOfManyGiB { get; init; }

    /// <summary>
    /// Memory of the graphs of a dense model on one GPU, part of the budget, with vLLM's default of requests; 0: graphs are not part of it.
    /// In GiB.
    /// </summary>
    public required double CudaGraphGiB { get; init; }

    /// <summary>
    /// The second model runner, for all models since 0.29.0 (pull request 53183, 2026-08-27). Its dummy sampler run skips top-k, top-p and
    /// log probabilities (sampler.py): BF16 logits and one FP32 copy. For penalties it keeps an INT32 count and a bit per logit.
    /// </summary>
    private static readonly EngineMemory SecondRunner = new()
    {
        From = new Version(0, 29, 0),
        SamplerBytesPerLogit = 2 + 4,
        SamplerBytes = 0.09 * Gib.Bytes,
        SamplerStateBytesPerLogit = 4.125,
        CompilationInPeak = true,
        RotaryBytesPerElement = 4,
        NonTorchGiB = 0.16,
        CommunicationGiB = 1.9,
        CudaGraphGiB = 0.25,
    };

    /// <summary>
    /// The first runner, with graphs in the budget (VLLM_MEMORY_PROFILER_ESTIMATE_CUDAGRAPHS). The release notes name 0.21; logs of 0.20.0
    /// and 0.20.2 on H200 charge 0.55 GiB (Ministral 3 14B) to 1.55 GiB (DeepSeek R1) that 0.19.0 does not.
    /// </summary>
    private static readonly EngineMemory FirstRunnerChargingGraphs = new()
    {
        From = new Version(0, 20, 0),
        SamplerBytesPerLogit = 14.09,
        SamplerBytes = 0.09 * Gib.Bytes,
        RotaryBytesPerElement = 2,
        NonTorchGiB = 0.25,
        CommunicationGiB = 1.85,
        CudaGraphGiB = 0.7,
    };

    /// <summary>The same with the copies of the embedding that a first start keeps (vLLM issues 54122 and 54383).</summary>
    private static readonly EngineMemory FirstRunnerCompilingInPeak =
        FirstRunnerChargingGraphs with { From = new Version(0, 28, 0), CompilationInPeak = true };

    /// <summary>
    /// The first runner with the Triton kernel for top-k and top-p. The slope is measured in 0.19.0 logs of vocabularies from 32,016 to
    /// 256,000 on H100 (llm-d-planner, accuracy_report.md, 2026-04).
    /// </summary>
    private static readonly EngineMemory FirstRunner = FirstRunnerChargingGraphs with { From = new Version(0, 17, 0), CudaGraphGiB = 0 };

    /// <summary>
    /// The first runner, which sorts all logits. The slope is measured in 0.11.0 logs of vocabularies of 128,256, 151,936 and 201,088 on
    /// H100 (llm-d-benchmark, empirical-vllm-memory-results.md). Eight GPUs: 0.13.0 logs of Ministral 3 14B and DeepSeek R1 on H200.
    /// </summary>
    private static readonly EngineMemory SortingRunner = FirstRunner with
    {
        From = new Version(0, 13),
        SamplerBytesPerLogit = 38.25,
        SamplerBytes = 0,
        ExpertWorkspaceStays = false,
        NonTorchGiB = 0.13,
        CommunicationGiB = 0.41,
        CommunicationOfManyGiB = 0.44,
    };

    /// <summary>
    /// The same before its dummy sampler run came to models with a vision tower: a 0.11.0 log of Mistral Small 3.2 does not show it, and
    /// logs of Ministral 3 14B from 0.13.0 on do.
    /// </summary>
    private static readonly EngineMemory OldestRunner = SortingRunner with { From = new Version(0, 0), SamplesMultimodal = false };

    private static readonly EngineMemory[] Generations =
        [SecondRunner, FirstRunnerCompilingInPeak, FirstRunnerChargingGraphs, FirstRunner, SortingRunner, OldestRunner];

    /// <summary>The generation of a release such as <c>0.31.0</c>.</summary>
    public static EngineMemory For(string version)
    {
        var number = Number(version);
        return Generations.First(generation => number >= generation.From);
    }

    /// <summary>The three numbers of a release, without the letters of a candidate such as <c>0.31.0rc1</c>.</summary>
    internal static Version Number(string version)
    {
        var parts = new string([.. version.TakeWhile(character => char.IsAsciiDigit(character) || character == '.')]).Split('.');
        return new Version(Part(0), Part(1), Part(2));

        int Part(int index) =>
            index < parts.Length && int.TryParse(parts[index], CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
