namespace Infra.Tests.Unit.Hub;

/// <summary>Repositories of each supported kind, with the numbers of real ones.</summary>
internal static class Repositories
{
    private const string PixtralTower = """
        "hidden_size": 1024, "num_channels": 3, "image_size": 1540, "max_image_size": 1540, "patch_size": 14, "rope_theta": 10000.0,
        "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16
        """;

    /// <summary>Ministral 3 8B in FP8, which has both copies.</summary>
    public static RepositoryFixture Ministral8B { get; } = new("acme/Ministral-3-8B-Instruct-2512")
    {
        Sizes = new Dictionary<string, long>
        {
            ["config.json"] = 2000,
            ["params.json"] = 1500,
            ["tekken.json"] = 16_753_777,
            ["SYSTEM_PROMPT.txt"] = 2400,
            ["consolidated.safetensors"] = 10_420_656_840,
            ["model.safetensors.index.json"] = 90_000,
            ["model-00001-of-00003.safetensors"] = 4_983_094_790,
            ["model-00002-of-00003.safetensors"] = 4_992_892_530,
            ["model-00003-of-00003.safetensors"] = 444_667_504,
            ["README.md"] = 20_000,
        },
        Contents = new Dictionary<string, string>
        {
            ["params.json"] = $$$"""
                {"dim": 4096, "n_layers": 34, "head_dim": 128, "hidden_dim": 14336, "n_heads": 32, "n_kv_heads": 8, "rope_theta": 1000000.0,
                "norm_eps": 1e-05, "vocab_size": 131072, "tied_embeddings": false, "max_position_embeddings": 262144,
                "llama_4_scaling": {"original_max_position_embeddings": 16384, "beta": 0.1}, "q_lora_rank": null, "kv_lora_rank": null,
                "yarn": {"original_max_position_embeddings": 16384, "factor": 16, "apply_scale": false, "beta": 32, "alpha": 1},
                "quantization": {"qformat_weight": "fp8_e4m3", "qscheme_act": "TENSOR"},
                "vision_encoder": {{{{PixtralTower}}}, "adapter_bias": false, "mm_projector_id": "patch_merge", "spatial_merge_size": 2,
                "add_pre_mm_projector_layer_norm": true, "image_token_id": 10}}
                """,
            ["config.json"] = $$$"""
                {"architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3", "dtype": "bfloat16",
                "spatial_merge_size": 2,
                "quantization_config": {"activation_scheme": "static", "quant_method": "fp8", "weight_block_size": null,
                "modules_to_not_convert": ["model.vision_tower", "lm_head"]},
                "text_config": {"model_type": "ministral3", "hidden_size": 4096, "num_hidden_layers": 34, "num_attention_heads": 32,
                "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 14336, "vocab_size": 131072, "tie_word_embeddings": false,
                "max_position_embeddings": 262144, "sliding_window": null},
                "vision_config": {{{{PixtralTower}}}, "model_type": "pixtral"}}
                """,
        },
    };

    /// <summary>Mistral Large 3 in FP8: Mistral's format only, 61 layers of which 3 are dense, latent attention.</summary>
    public static RepositoryFixture Large3 { get; } = new("acme/Mistral-Large-3-675B-Instruct-2512")
    {
        Sizes = new Dictionary<string, long>(Enumerable.Range(1, 136).Select(part =>
            KeyValuePair.Create($"consolidated-{part:00000}-of-00136.safetensors", 5_011_029_411L)))
        {
            ["params.json"] = 1500,
            ["tekken.json"] = 16_753_777,
        },
        Contents = new Dictionary<string, string>
        {
            ["params.json"] = """
                {"dim": 7168, "n_layers": 61, "head_dim": 128, "hidden_dim": 16384, "n_heads": 128, "n_kv_heads": 128,
                "vocab_size": 131072,
                "tied_embeddings": false, "max_position_embeddings": 294912, "q_lora_rank": 1536, "qk_rope_head_dim": 64,
                "qk_nope_head_dim": 128, "kv_lora_rank": 512, "v_head_dim": 128,
                "llama_4_scaling": {"original_max_position_embeddings": 8192, "beta": 0.1},
                "moe": {"expert_parallel": 1, "expert_model_parallel": 1, "route_every_n": 1, "first_k_dense_replace": 3,
                "num_experts": 128, "num_experts_per_tok": 4, "num_expert_groups": 1, "num_expert_groups_per_tok": 1, "routed_scale": 1.0,
                "expert_hidden_dim": 4096, "num_shared_experts": 1},
                "quantization": {"qformat_weight": "fp8_e4m3", "qscheme_act": "NO_SCALES"},
                "vision_encoder": {"image_token_id": 10, "hidden_size": 1664, "num_channels": 3, "max_image_size": 1540, "patch_size": 14,
                "intermediate_size": 8192, "num_hidden_layers": 48, "num_attention_heads": 16, "adapter_bias": false,
                "mm_projector_id": "patch_merge", "spatial_merge_size": 2, "add_pre_mm_projector_layer_norm": true, "image_size": 1540}}
                """,
        },
    };

    /// <summary>Mistral Small 4 119B in FP8, by its config.json: experts in all layers, latent attention.</summary>
    public static RepositoryFixture Small4 { get; } = RepositoryFixture.Hf("acme/Mistral-Small-4-119B-2603", 121_500_000_000, """
        {"architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3", "spatial_merge_size": 2,
        "quantization_config": {"activation_scheme": "static", "quant_method": "fp8", "weight_block_size": null},
        "text_config": {"model_type": "mistral4", "hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36,
        "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 131072, "tie_word_embeddings": false,
        "max_position_embeddings": 1048576, "q_lora_rank": 1024, "kv_lora_rank": 256, "qk_nope_head_dim": 64, "qk_rope_head_dim": 64,
        "v_head_dim": 128, "n_routed_experts": 128, "num_experts_per_tok": 4, "n_shared_experts": 1, "moe_intermediate_size": 2048,
        "first_k_dense_replace": 0},
        "vision_config": {"model_type": "pixtral", "hidden_size": 1024, "num_hidden_layers": 24, "intermediate_size": 4096,
        "patch_size": 14, "image_size": 1540, "num_attention_heads": 16}}
        """);

    public static RepositoryFixture Qwen14BAwq { get; } = RepositoryFixture.Hf("Qwen/Qwen3-14B-AWQ", 9_965_000_000, """
        {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "torch_dtype": "float16", "hidden_size": 5120,
        "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 17408,
        "vocab_size": 151936, "max_position_embeddings": 40960, "tie_word_embeddings": false, "sliding_window": null,
        "use_sliding_window": false, "max_window_layers": 40,
        "quantization_config": {"backend": "autoawq", "bits": 4, "group_size": 128, "quant_method": "awq", "version": "gemm"}}
        """);

    public static RepositoryFixture Qwen30BFp8 { get; } = RepositoryFixture.Hf("Qwen/Qwen3-30B-A3B-FP8", 31_200_000_000, """
        {"architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "torch_dtype": "bfloat16", "hidden_size": 2048,
        "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 6144,
        "moe_intermediate_size": 768, "num_experts": 128, "num_experts_per_tok": 8, "decoder_sparse_step": 1, "mlp_only_layers": [],
        "vocab_size": 151936, "max_position_embeddings": 40960, "tie_word_embeddings": false, "sliding_window": null,
        "quantization_config": {"activation_scheme": "dynamic", "fmt": "e4m3", "quant_method": "fp8", "weight_block_size": [128, 128]}}
        """);

    public static RepositoryFixture DeepSeekR1 { get; } = RepositoryFixture.Hf("deepseek-ai/DeepSeek-R1-0528", 688_600_000_000, """
        {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "torch_dtype": "bfloat16", "hidden_size": 7168,
        "num_hidden_layers": 61, "num_attention_heads": 128, "num_key_value_heads": 128, "intermediate_size": 18432,
        "moe_intermediate_size": 2048, "moe_layer_freq": 1, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8,
        "first_k_dense_replace": 3, "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
        "v_head_dim": 128, "vocab_size": 129280, "max_position_embeddings": 163840, "tie_word_embeddings": false,
        "quantization_config": {"activation_scheme": "dynamic", "fmt": "e4m3", "quant_method": "fp8", "weight_block_size": [128, 128]}}
        """);

    public static RepositoryFixture Llama70BFp8 { get; } = RepositoryFixture.Hf("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic",
        72_700_000_000, """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16", "hidden_size": 8192,
        "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 28672,
        "vocab_size": 128256, "max_position_embeddings": 131072, "tie_word_embeddings": false,
        "quantization_config": {"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {"group_0":
        {"targets": ["Linear"], "weights": {"num_bits": 8, "type": "float", "strategy": "channel", "symmetric": true},
        "input_activations": {"num_bits": 8, "type": "float", "strategy": "token", "dynamic": true}}}, "ignore": ["lm_head"]}}
        """);

    public static RepositoryFixture Llama8BInt4 { get; } = RepositoryFixture.Hf("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16",
        5_740_000_000, """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16", "hidden_size": 4096,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
        "max_position_embeddings": 131072, "tie_word_embeddings": false,
        "quantization_config": {"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"group_0":
        {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 128}}}}}
        """);

    public static RepositoryFixture Mixtral { get; } = RepositoryFixture.Hf("mistralai/Mixtral-8x7B-Instruct-v0.1", 93_405_585_408, """
        {"architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "torch_dtype": "bfloat16", "hidden_size": 4096,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
        "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 32000, "max_position_embeddings": 32768, "sliding_window": null,
        "tie_word_embeddings": false}
        """);

    public static RepositoryFixture QwenEmbedding { get; } = RepositoryFixture.Hf("Qwen/Qwen3-Embedding-0.6B", 1_191_586_416, """
        {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "torch_dtype": "bfloat16", "hidden_size": 1024,
        "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 3072,
        "vocab_size": 151669, "max_position_embeddings": 32768, "tie_word_embeddings": true}
        """, "modules.json");

    public static RepositoryFixture SmolLm { get; } = RepositoryFixture.Hf("HuggingFaceTB/SmolLM3-3B", 6_150_000_000, """
        {"architectures": ["SmolLM3ForCausalLM"], "model_type": "smollm3", "torch_dtype": "bfloat16", "hidden_size": 2048,
        "num_hidden_layers": 36, "num_attention_heads": 16, "num_key_value_heads": 4, "intermediate_size": 11008, "vocab_size": 128256,
        "max_position_embeddings": 65536}
        """);

    public static IReadOnlyDictionary<string, RepositoryFixture> All { get; } = new[]
    {
        Ministral8B, Large3, Small4, Qwen14BAwq, Qwen30BFp8, DeepSeekR1, Llama70BFp8, Llama8BInt4, Mixtral, QwenEmbedding, SmolLm,
    }.ToDictionary(repository => repository.Id);
}
