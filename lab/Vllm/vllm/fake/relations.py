"""vLLM's checks between arguments, model and machine, in its order and with its messages."""
import os

from vllm.fake import commandline
from vllm.fake.refused import Refused, invalid, out_of_range


def check_arguments(args):
    """Checks before the model is read."""
    if args.config:
        raise Refused("NotImplementedError", "--config: this fake engine reads no configuration file", "serve")
    if args.enable_auto_tool_choice and not args.tool_call_parser:
        raise Refused("TypeError", "Error: --enable-auto-tool-choice requires --tool-call-parser", "validate_parsed_serve_args")
    if args.enable_log_outputs and not args.enable_log_requests:
        raise Refused("TypeError", "Error: --enable-log-outputs requires --enable-log-requests", "validate_parsed_serve_args")
    values = commandline.data()["values"]
    if args.enable_auto_tool_choice and args.tool_call_parser not in values["tool-call-parser"] and not args.tool_parser_plugin:
        raise Refused("KeyError", f"'invalid tool call parser: {args.tool_call_parser} (chose from {{ {','.join(values['tool-call-parser'])} }})'", "validate_api_server_args")
    if args.reasoning_parser and args.reasoning_parser not in values["reasoning-parser"] and not args.reasoning_parser_plugin:
        raise Refused("KeyError", f"'invalid reasoning parser: {args.reasoning_parser} (chose from {{ {','.join(values['reasoning-parser'])} }})'", "validate_api_server_args")
    for field, config in (("tokenizer-mode", "ModelConfig"), ("config-format", "ModelConfig"), ("load-format", "LoadConfig")):
        value = getattr(args, field.replace("-", "_"))
        if value not in values[field]:
            raise Refused("ValueError", f"Unknown {field.replace('-', ' ')}: {value}. Supported: {', '.join(values[field])}", "create_engine_config")


def check_cache(args):
    if not 0 < args.gpu_memory_utilization:
        raise out_of_range("CacheConfig", "gpu_memory_utilization", "Input should be greater than 0", "greater_than", args.gpu_memory_utilization)
    if args.gpu_memory_utilization > 1:
        raise out_of_range("CacheConfig", "gpu_memory_utilization", "Input should be less than or equal to 1", "less_than_equal", args.gpu_memory_utilization)
    if not 0 <= args.watermark < 1:
        raise out_of_range("SchedulerConfig", "watermark", "Input should be less than 1", "less_than", args.watermark)


def check_length(args, numbers):
    """The model's own maximum length, and the served one; -1 means 'as much as fits'."""
    derived = int(numbers.get("max_position_embeddings") or numbers.get("max_seq_len") or 128000)
    asked = args.max_model_len
    if asked is None:
        return derived
    if asked == -1:
        return -1
    if asked < 1:
        raise out_of_range("ModelConfig", "max_model_len", "Input should be greater than or equal to -1", "greater_than_equal", asked)
    if asked > derived and os.environ.get("VLLM_ALLOW_LONG_MAX_MODEL_LEN") != "1":
        raise invalid("ModelConfig", f"User-specified max_model_len ({asked}) is greater than the derived max_model_len (max_position_embeddings={derived} or "
                      "model_max_length=None in model's config.json). To allow overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1. "
                      "VLLM_ALLOW_LONG_MAX_MODEL_LEN must be used with extreme caution. If the model uses relative position encoding (RoPE), positions exceeding "
                      "derived_max_model_len lead to nan. If the model uses absolute position encoding, positions exceeding derived_max_model_len will cause a CUDA array "
                      "out-of-bounds error.")
    return asked


def check_parallel(args, numbers, machine):
    for name in ("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size"):
        if getattr(args, name) < 1:
            raise out_of_range("ParallelConfig", name, "Input should be greater than or equal to 1", "greater_than_equal", getattr(args, name))
    heads = numbers.get("n_heads")
    if heads and heads % args.tensor_parallel_size:
        raise invalid("VllmConfig", f"Total number of attention heads ({heads}) must be divisible by tensor parallel size ({args.tensor_parallel_size}).")
    world = args.tensor_parallel_size * args.pipeline_parallel_size * (args.data_parallel_size_local or args.data_parallel_size)
    if world > machine.count and args.nnodes == 1 and args.distributed_executor_backend != "ray":
        raise invalid("ParallelConfig", f"World size ({world}) is larger than the number of available GPUs ({machine.count}) in this node. If this is intentional and you are "
                      "using:\n- ray, set '--distributed-executor-backend ray'.\n- multiprocessing, set '--nnodes' appropriately.")


def check_scheduler(args, length, large_gpu):
    """Sets max_num_seqs and max_num_batched_tokens to vLLM's defaults for a server on this GPU. Most pooling models must read an input in one step."""
    if args.runner == "pooling" and args.enable_chunked_prefill is None:
        args.enable_chunked_prefill = False
    if args.max_num_seqs is None:
        args.max_num_seqs = 1024 if large_gpu else 256
    if args.max_num_batched_tokens is None:
        args.max_num_batched_tokens = max(8192 if large_gpu else 2048, length if args.enable_chunked_prefill is False else 0)
        args.max_num_seqs = min(args.max_num_seqs, args.max_num_batched_tokens)
    for name in ("max_num_seqs", "max_num_batched_tokens"):
        if getattr(args, name) < 1:
            raise out_of_range("SchedulerConfig", name, "Input should be greater than or equal to 1", "greater_than_equal", getattr(args, name))
    tokens, seqs = args.max_num_batched_tokens, args.max_num_seqs
    if args.enable_chunked_prefill is False and tokens < length:
        raise invalid("SchedulerConfig", f"max_num_batched_tokens ({tokens}) is smaller than max_model_len ({length}). This effectively limits the maximum sequence length to "
                      "max_num_batched_tokens and makes vLLM reject longer sequences. Please increase max_num_batched_tokens or decrease max_model_len.")
    if tokens < seqs:
        raise invalid("SchedulerConfig", f"max_num_batched_tokens ({tokens}) must be greater than or equal to max_num_seqs ({seqs}).")
    if args.max_num_active_seqs is not None and args.max_num_active_seqs > seqs:
        raise invalid("SchedulerConfig", f"max_num_active_seqs ({args.max_num_active_seqs}) must be less than or equal to max_num_seqs ({seqs}).")
