using Infra.Planning.Catalog;

namespace Infra.Planning.Hub;

/// <summary>Reads how weights are stored: <c>quantization_config</c>, and what <c>params.json</c> and ModelOpt have for it.</summary>
internal static class Quantizations
{
    public const string Supported =
        "BF16 and FP16, FP8 (fp8, fbgemm_fp8, compressed-tensors, modelopt), NVFP4 (modelopt, compressed-tensors) "
            + "and 4-bit integers (awq, gptq, auto-round, compressed-tensors)";

    /// <exception cref="Errors.ConfigurationException">The format is not supported.</exception>
    public static HubQuantization Read(HubAddress address, HubJson config)
    {
        var method = (config.Text("quant_method") ?? config.Text("quant_algo") ?? "").ToLowerInvariant().Replace('_', '-');
        return method switch
        {
            "fp8" => new(Precision.Fp8, Square(address, config.Wholes("weight_block_size"))),
            "fbgemm-fp8" => new(Precision.Fp8),
            "awq" or "gptq" or "awq-marlin" or "gptq-marlin" => Integers(address, method, config.Whole("bits") ?? config.Whole("w_bit")),
            "auto-round" when config.Text("data_type") is null or "int" => Integers(address, method, config.Whole("bits")),
            "compressed-tensors" => CompressedTensors(address, config),
            "modelopt" or "modelopt-fp4" or "nvfp4" => ModelOpt(address, config),
            "" when config.Has("bits") && config.Has("group_size") => throw OfMlx(address),
            _ => throw No(address, method),
        };
    }

    /// <summary>Apple's MLX writes bits and groups without the name of a method.</summary>
    public static Errors.ConfigurationException OfMlx(HubAddress address) => HubRefusal.Of(address,
        "has weights in the format of MLX, which only Apple's cards run (bits and group_size without quant_method); supported are "
            + Supported, "name the repository that it was made from, or another quantization of it");

    /// <summary>A row of <c>hf_quant_config.json</c>, which older repositories of ModelOpt have instead.</summary>
    public static HubQuantization? OfModelOpt(HubAddress address, ReadOnlyMemory<byte> utf8) =>
        HubJson.Read(address, "hf_quant_config.json", utf8).Object("quantization") is { } quantization
            ? ModelOpt(address, quantization) : null;

    private static HubQuantization ModelOpt(HubAddress address, HubJson config)
    {
        var algorithm = (config.Text("quant_algo") ?? config.Object("quantization")?.Text("quant_algo") ?? "").ToUpperInvariant();
        return algorithm switch
        {
            "FP8" or "FP8_PER_CHANNEL_PER_TOKEN" => new(Precision.Fp8),
            "NVFP4" => new(Precision.Nvfp4),
            "MIXED_PRECISION" => Mixed(address, config),
            _ => throw No(address, $"modelopt {algorithm}"),
        };
    }

    /// <summary>
    /// ModelOpt's checkpoints with a format for each layer, as NVIDIA's of Medium 3.5: FP8 attention and edges, the rest in NVFP4. The card
    /// must support both, and NVFP4 is what fewer do.
    /// </summary>
    private static HubQuantization Mixed(HubAddress address, HubJson config)
    {
        var kinds = ((config.Object("quantized_layers") ?? config.Object("quantization")?.Object("quantized_layers"))?.Objects() ?? [])
            .Select(layer => (layer.Text("quant_algo") ?? "").ToUpperInvariant()).ToHashSet(StringComparer.Ordinal);
        return kinds.Count == 0 ? throw No(address, "modelopt MIXED_PRECISION without quantized_layers")
            : kinds.Except(["FP8", "NVFP4"], StringComparer.Ordinal).ToList() is [var other, ..]
                ? throw No(address, $"modelopt MIXED_PRECISION with {other}")
            : new(kinds.Contains("NVFP4") ? Precision.Nvfp4 : Precision.Fp8);
    }

    private static HubQuantization CompressedTensors(HubAddress address, HubJson config)
    {
        var groups = (config.Object("config_groups")?.Objects() ?? []).Select(group => group.Object("weights")).OfType<HubJson>()
            .Select(weights => Group(address, config, weights)).ToList();
        return groups.Select(group => group.Precision).Distinct().ToList() switch
        {
            [var one] => new(one, groups.Max(group => group.Block)),
            [] => throw No(address, "compressed-tensors without weights in config_groups"),
            var mixed => throw No(address, $"compressed-tensors with {string.Join(" and ", mixed)} mixed"),
        };
    }

    private static HubQuantization Group(HubAddress address, HubJson config, HubJson weights)
    {
        var bits = weights.Whole("num_bits");
        var type = weights.Text("type") ?? "int";
        return (type, bits) switch
        {
            ("float", 8) => new(Precision.Fp8,
                weights.Text("strategy") == "block" ? Square(address, weights.Wholes("block_structure")) : null),
            ("float", 4) when config.Text("format")?.StartsWith("nvfp4", StringComparison.Ordinal) == true
                || weights.Whole("group_size") == NvFp4Group => new(Precision.Nvfp4),
            ("int", _) => Integers(address, "compressed-tensors", bits),
            _ => throw No(address, $"compressed-tensors with {type} of {bits} bits"),
        };
    }

    /// <summary>Elements that share a scale in NVFP4; MXFP4 has 32.</summary>
    private const int NvFp4Group = 16;

    private static HubQuantization Integers(HubAddress address, string method, int? bits) =>
        bits == 4 ? new(Precision.Int4) : throw No(address, $"{method} with {bits?.ToString(Culture) ?? "an unknown number of"} bits");

    private static int? Square(HubAddress address, IReadOnlyList<int> block) => block switch
    {
        [] => null,
        [var rows, var columns] when rows == columns && rows > 0 => rows,
        _ => throw No(address, $"FP8 with scales for blocks of {string.Join(" x ", block)}; blocks are square"),
    };

    private static Errors.ConfigurationException No(HubAddress address, string format) => HubRefusal.Of(address,
        $"has weights in a format that is not supported: {HubRefusal.Shown(format)}; supported are {Supported}");

    private static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;
}
