using System.Globalization;
using Infra.Planning.Catalog;

namespace Infra.Planning.Plan;

/// <summary>
/// The words after <c>vllm serve MODEL</c>. To add a flag for one model, write it in the catalog's <c>flags</c>; for all of them, add it to
/// <see cref="For"/>. No word holds a space or a quote, so that <c>node.env</c> carries them in one value: JSON options take their dotted form.
/// </summary>
public static class VllmArguments
{
    /// <summary>The only door to the engine.</summary>
    public const string SocketPath = "/run/inference/engine/vllm.sock";

    /// <summary>A flag that not every release has (<see cref="EngineRelease.OptionalFlags"/>).</summary>
    public const string ToolStrictLevelFlag = "--tool-strict-level";

    /// <summary>A name that never exists (RFC 2606), and says what to do instead.</summary>
    public const string NoMediaDomain = "send-media-as-data-urls.invalid";

    /// <summary>The arguments on the nodes of an endpoint, in the order: model, memory, parallelism, server.</summary>
    public static IReadOnlyList<string> For(EndpointPlan plan)
    {
        var placement = plan.Placement;
        var options = placement.Options;
        var arguments = new List<string>(placement.Model.Flags);
        if (placement.Model.Task != ModelTask.Generate)
        {
            // What vLLM would guess from the architecture's name; said, because many of these models are made from one that generates.
            arguments.AddRange(["--runner", "pooling"]);
        }

        arguments.AddRange(["--served-model-name", plan.ServedModelName]);
        if (plan.ToolStrictLevel is { } level)
        {
            arguments.AddRange([ToolStrictLevelFlag, CatalogWords.Of(level)]);
        }

        if (placement.Model.Architecture.Vision is not null)
        {
            // Without images the vision tower is not loaded at all: its memory goes to the KV cache.
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

        // A picture by URL would be fetched, which fails without a network: a 500, that clients try again. With a list that holds nobody's
        // domain it is a 400, whose words show the list.
        arguments.AddRange(["--allowed-media-domains", NoMediaDomain]);
        // The access log would repeat nginx's without the client's name; the interactive documentation lists routes that nginx refuses.
        arguments.AddRange(["--uds", SocketPath, "--disable-uvicorn-access-log", "--disable-fastapi-docs"]);
        return arguments;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
