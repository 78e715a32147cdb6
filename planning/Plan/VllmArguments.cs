using System.Globalization;
using Infra.Planning.Catalog;

namespace Infra.Planning.Plan;

/// <summary>
/// The arguments after <c>vllm serve MODEL</c>. Flags for one model belong in the catalog's <c>flags</c>, flags for all models in <see
/// cref="For"/>. No argument contains a space or a quote, so that <c>node.env</c> has them in one value; JSON options use the dotted form.
/// </summary>
public static class VllmArguments
{
    /// <summary>The engine's only socket.</summary>
    public const string SocketPath = "/run/inference/engine/vllm.sock";

    /// <summary>A flag that not every release has (<see cref="EngineRelease.OptionalFlags"/>).</summary>
    public const string ToolStrictLevelFlag = "--tool-strict-level";

    /// <summary>A domain that never exists (RFC 2606), whose name is the advice.</summary>
    public const string NoMediaDomain = "send-media-as-data-urls.invalid";

    /// <summary>The arguments on the nodes of an endpoint, in the order: model, memory, parallelism, server.</summary>
    public static IReadOnlyList<string> For(EndpointPlan plan)
    {
        var placement = plan.Placement;
        var options = placement.Options;
        var arguments = new List<string>(placement.Model.Flags);
        if (placement.Model.Task != ModelTask.Generate)
        {
            // Explicit, because vLLM would derive it from the architecture's name, and many of these models are based on a generating one.
            arguments.AddRange(["--runner", "pooling"]);
        }

        arguments.AddRange(["--served-model-name", plan.ServedModelName]);
        if (plan.ToolStrictLevel is { } level)
        {
            arguments.AddRange([ToolStrictLevelFlag, CatalogWords.Of(level)]);
        }

        if (placement.Model.Architecture.Vision is not null)
        {
            // Without images the vision tower is not loaded: its memory goes to the KV cache.
            arguments.AddRange(plan.ImagesPerPrompt > 0
                ? ["--limit-mm-per-prompt.image", Text(plan.ImagesPerPrompt)]
                : ["--language-model-only"]);
        }

        arguments.AddRange(
        [
            "--max-model-len", Text(placement.MaxModelLen),
            "--max-num-seqs", Text(placement.MaxNumSeqs),
            "--max-num-batched-tokens", Text(placement.MaxNumBatchedTokens),
            "--gpu-memory-utilization", placement.GpuMemoryUtilization.ToString("0.####", CultureInfo.InvariantCulture),
        ]);
        if (options.KvCache == KvCacheType.Fp8)
        {
            arguments.AddRange(["--kv-cache-dtype", "fp8"]);
        }

        if (options.EnforceEager)
        {
            arguments.Add("--enforce-eager");
        }

        arguments.AddRange(["--tensor-parallel-size", Text(placement.TensorParallel)]);
        if (placement.DataParallel > 1)
        {
            arguments.AddRange(["--data-parallel-size", Text(placement.DataParallel)]);
        }

        if (placement.ExpertParallel)
        {
            arguments.Add("--enable-expert-parallel");
        }

        // vLLM would download an image by URL, which fails without a network with a 500 that clients retry. With a list of a reserved
        // domain it is a 400 whose message shows the list.
        arguments.AddRange(["--allowed-media-domains", NoMediaDomain]);
        // nginx logs accesses, with the client's name; vLLM's interactive documentation would list routes that nginx rejects.
        arguments.AddRange(["--uds", SocketPath, "--disable-uvicorn-access-log", "--disable-fastapi-docs"]);
        return arguments;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
