"""The start, from the arguments to a running server: vLLM's checks, log lines and delays."""
import asyncio
import hashlib
import json
import os
import signal
import socket
import sys
import time

import vllm
from vllm.fake import commandline, hub, log, machine, pooling, relations, weights
from vllm.fake.app import App
from vllm.fake.engine import Engine
from vllm.fake.http import Server
from vllm.fake.refused import Refused

GIB = 2**30
_TASKS = {"generate": ["generate"], "embed": ["token_embed", "embed"], "score": ["token_classify", "classify"]}


def _greet(args):
    log.write(f"This is a FAKE of vLLM {vllm.__version__}: its command line, log and API, without a model. Its answers are made up.")
    for words in ("", "       █     █     █▄   ▄█", f" ▄▄ ▄█ █     █     █ ▀▄▀ █  version {vllm.__version__}",
                  f"  █▄█▀ █     █     █     █  model   {args.model}", "   ▀▀  ▀▀▀▀▀ ▀▀▀▀▀ ▀     ▀", ""):
        log.info("api_utils.py:345", words)
    log.info("api_utils.py:286", f"non-default args: {commandline.non_default(args)}")


def bind(args):
    """Binds the socket before the model is loaded and listens afterwards, like vLLM: a port in use is reported at once."""
    if args.uds:
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address = args.uds
    else:
        family = socket.AF_INET6 if args.host and ":" in args.host else socket.AF_INET
        server = socket.socket(family, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        address = (args.host or "0.0.0.0", args.port)
    try:
        server.bind(address)
    except OSError as error:
        server.close()
        raise Refused(type(error).__name__, str(error), "create_server_unix_socket" if args.uds else "create_server_socket") from None
    server.setblocking(False)
    return server


async def _pause(seconds, places):
    """Waits without blocking signals, then logs a line."""
    if seconds > 0:
        await asyncio.sleep(seconds)
    for place, words in places:
        log.engine(place, words)


def _bytes_per_token(numbers, args):
    """KV cache bytes of one token on one GPU: 2 bytes per element, 1 for fp8."""
    width = 1 if args.kv_cache_dtype.startswith(("fp8", "int8")) else 2
    layers = numbers.get("n_layers", 32)
    if numbers.get("kv_lora_rank"):
        return layers * (numbers["kv_lora_rank"] + numbers.get("qk_rope_head_dim", 64)) * width
    heads = numbers.get("n_kv_heads", 8)
    head = numbers.get("head_dim") or numbers.get("dim", 4096) // numbers.get("n_heads", 32)
    return 2 * layers * heads * head * width // min(args.tensor_parallel_size, heads)


def _memory(args, numbers, gpu, shards):
    """GiB of weights and KV cache per GPU, and the tokens that fit: the planned values, or simple formulas."""
    planned = gpu.engine
    per_token = _bytes_per_token(numbers, args)
    held = float(planned.get("weightsGiB") or sum(map(os.path.getsize, shards)) / GIB / args.tensor_parallel_size)
    overhead = 6.0 if gpu.gib >= 70 else 2.5
    room = float(planned["kvGiB"]) if "kvGiB" in planned else gpu.gib * args.gpu_memory_utilization - held - overhead
    if args.kv_cache_memory_bytes:
        room, planned = args.kv_cache_memory_bytes / GIB, {}
    tokens = int(planned["kvTokens"]) if "kvTokens" in planned else int(max(0, room) * GIB / (per_token * 16)) * 16
    return held, room, tokens


def _check_room(length, room, tokens):
    if room <= 0 or tokens < 16:
        raise Refused("ValueError", "No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine. See "
                      "https://docs.vllm.ai/en/latest/configuration/conserving_memory/ for more details.", "get_kv_cache_configs", in_engine=True)
    if length == -1:
        return
    if length > tokens:
        needed = room * length / tokens
        raise Refused("ValueError", f"To serve at least one request with the model's max seq len ({length}), ({needed:.2f} GiB KV cache is needed, which is larger than the "
                      f"available KV cache memory ({room:.2f} GiB). Based on the available memory, the estimated maximum model length is {tokens // 16 * 16}. Try increasing "
                      "`gpu_memory_utilization` or decreasing `max_model_len` when initializing the engine. See "
                      "https://docs.vllm.ai/en/latest/configuration/conserving_memory/ for more details.", "_check_enough_kv_cache_memory", in_engine=True)


async def _compile(args, numbers, seconds):
    """The first start writes a compile cache; later starts find it."""
    if args.enforce_eager:
        log.engine("vllm.py:1547", "Enforce eager set, disabling torch.compile and CUDAGraphs. This is equivalent to setting -cc.mode=none -cc.cudagraph_mode=none", "WARNING")
        return
    root = os.environ.get("VLLM_CACHE_ROOT") or os.path.join(os.path.expanduser("~"), ".cache", "vllm")
    key = hashlib.sha256(json.dumps([vllm.__version__, numbers, args.max_num_batched_tokens, args.tensor_parallel_size, args.kv_cache_dtype], sort_keys=True).encode()).hexdigest()[:10]
    place = os.path.join(root, "torch_compile_cache", key, "rank_0_0", "backbone")
    mark = os.path.join(place, "computation_graph.py")
    found = os.path.isfile(mark)
    try:
        os.makedirs(place, exist_ok=True)
        if not found:
            with open(mark, "w", encoding="utf-8") as file:
                file.write("# compile cache of the fake engine\n")
    except OSError as error:
        raise Refused(type(error).__name__, str(error), "VllmBackend.__call__", in_engine=True) from None
    log.engine("backends.py:1189", f"Using cache directory: {place} for vLLM's torch.compile")
    ranges = f"compile range (1, {args.max_num_batched_tokens})"
    if found:
        took = seconds / 10
        await _pause(took, [("backends.py:379", f"Directly load the compiled graph(s) for {ranges} from the cache, took {took:.3f} s"),
                            ("monitor.py:81", f"torch.compile takes {took:.2f} s in total")])
    else:
        await _pause(seconds, [("backends.py:1249", f"Dynamo bytecode transform time: {seconds / 4:.2f} s"),
                               ("backends.py:391", f"Compiling a graph for {ranges} takes {seconds * 3 / 4:.2f} s"),
                               ("monitor.py:81", f"torch.compile takes {seconds:.2f} s in total")])


async def _load(args, model, numbers, length, gpu, repository):
    """All steps of vLLM's EngineCore before it is ready. Returns the KV cache tokens."""
    planned = gpu.engine
    log.engine("core.py:129", f"Initializing a V1 LLM engine (v{vllm.__version__}) with config: model='{args.model}', tokenizer='{args.tokenizer or args.model}', "
               f"tokenizer_mode={args.tokenizer_mode}, dtype=torch.bfloat16, max_seq_len={length}, load_format={args.load_format}, "
               f"tensor_parallel_size={args.tensor_parallel_size}, pipeline_parallel_size={args.pipeline_parallel_size}, data_parallel_size={args.data_parallel_size}, "
               f"kv_cache_dtype={args.kv_cache_dtype}, device_config=cuda, enforce_eager={args.enforce_eager}, served_model_name={args.served_model_name[0]}")
    free = gpu.gib - 0.6 - gpu.used_gib - (gpu.gib / 2 if machine.fault() == "memory" else 0)
    if free < gpu.gib * args.gpu_memory_utilization - 0.01 and (gpu.used_gib or machine.fault() == "memory"):
        raise Refused("ValueError", f"Free memory on device cuda:0 ({free:.2f}/{gpu.gib:.2f} GiB) on startup is less than desired GPU memory utilization "
                      f"({args.gpu_memory_utilization}, {gpu.gib * args.gpu_memory_utilization:.2f} GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.",
                      "init_device", in_engine=True)
    log.engine("model_runner.py:388", f"Starting to load model {args.model}...")
    if repository is not None and args.load_format != "dummy":
        await hub.weights(repository, args.load_format)
    started = time.monotonic()
    shards = [] if args.load_format == "dummy" else weights.files(model, args.load_format)
    seconds = float(planned.get("loadSeconds", 0.2))
    for done, shard in enumerate(shards):
        sys.stderr.write(f"{log.engine_prefix()}Loading safetensors checkpoint shards: {100 * done // len(shards):3d}% Completed | {done}/{len(shards)}\n")
        weights.read_header(shard)
        await asyncio.sleep(seconds / len(shards))
    if shards:
        sys.stderr.write(f"{log.engine_prefix()}Loading safetensors checkpoint shards: 100% Completed | {len(shards)}/{len(shards)}\n")
        sys.stderr.flush()
        log.engine("default_loader.py:484", f"Loading weights took {time.monotonic() - started:.2f} seconds")
    held, room, tokens = _memory(args, numbers, gpu, shards)
    if held > gpu.gib * args.gpu_memory_utilization:
        raise Refused("torch.OutOfMemoryError", f"CUDA out of memory. Tried to allocate 64.00 MiB. GPU 0 has a total capacity of {gpu.gib:.2f} GiB of which 0.03 GiB is free.",
                      "load_model", in_engine=True)
    log.engine("model_runner.py:407", f"Model loading took {held:.2f} GiB memory and {time.monotonic() - started:.6f} seconds")
    begun = time.monotonic()
    await _compile(args, numbers, float(planned.get("compileSeconds", 0.1)))
    log.engine("gpu_worker.py:692", f"Available KV cache memory: {room:.2f} GiB")
    _check_room(length, room, tokens)
    if length == -1:
        length = min(int(numbers.get("max_position_embeddings") or 128000), tokens)
        log.engine("kv_cache_utils.py:1771", f"Auto-fit max_model_len: reduced to {length}")
    log.engine("kv_cache_utils.py:2464", f"GPU KV cache size: {tokens:,} tokens, Maximum concurrency for {length:,} tokens per request: {tokens / length:.2f}x")
    if not args.enforce_eager:
        log.engine("model_runner.py:760", "Graph capturing finished in 0 secs, took 0.30 GiB")
    log.engine("core.py:320", f"init engine (profile, create kv cache, warmup model) took {time.monotonic() - begun:.2f} s")
    return length, tokens


async def _prepare(args):
    gpu = machine.read()
    if gpu is None:
        raise Refused("RuntimeError", "Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG` to turn on verbose logging to help debug the issue.")
    repository = await hub.describe(args.model, args.revision) if hub.is_repository(args.model) else None
    model = weights.folder(args.model) if repository is None else repository.folder
    config_format, numbers = weights.configuration(model, args.config_format)
    vision = "vision_encoder" in numbers
    names = ["PixtralForConditionalGeneration" if vision else "MistralForCausalLM"] if config_format == "mistral" else numbers.get("architectures") or ["Mistral3ForConditionalGeneration"]
    task = pooling.task(names[0]) if args.runner == "pooling" else "generate"
    log.info("model.py:692", f"Resolved architecture: {names[0]}")
    length = relations.check_length(args, numbers)
    if length != -1:
        log.info("model.py:1955", f"Using max model len {length}")
    relations.check_cache(args)
    relations.check_parallel(args, numbers, gpu)
    relations.check_scheduler(args, length, gpu.gib >= 70)
    weights.check_tokenizer(model, args.tokenizer_mode, config_format)
    if args.enable_chunked_prefill is not False:
        log.info("scheduler.py:274", f"Chunked prefill is enabled with max_num_batched_tokens={args.max_num_batched_tokens}.")
    if args.tokenizer_mode == "auto" and config_format == "mistral":
        args.tokenizer_mode = "mistral"
    args.served_model_name = args.served_model_name or [args.model]
    length, tokens = await _load(args, model, numbers, length, gpu, repository)
    rate = os.environ.get("LAB_TOKENS_PER_SECOND") or gpu.engine.get("tokensPerSecond") or 0
    return App(args, Engine(args, length, tokens, float(rate)), vision and not args.language_model_only, task, numbers.get("dim", 4096))


async def serve(args):
    _greet(args)
    relations.check_arguments(args)
    listener = bind(args)
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    preparing, stopping = asyncio.ensure_future(_prepare(args)), asyncio.ensure_future(ending.wait())
    await asyncio.wait({preparing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not preparing.done():
        preparing.cancel()
        return
    app = preparing.result()
    engine = app.engine
    log.info("api_utils.py:612", f"Supported tasks: {_TASKS[app.task]}")
    where = f"unix:{args.uds}" if args.uds else f"http://{args.host or '0.0.0.0'}:{args.port}"
    log.info("launcher.py:46", f"Starting vLLM server on {where}")
    for route in app.listed():
        log.info("launcher.py:46", f"Route: {route['path']}, Methods: {', '.join(route['methods'])}")
    log.uvicorn(f"Started server process [{os.getpid()}]")
    log.uvicorn("Waiting for application startup.")
    server = Server(args, app, listener)
    await server.start()
    engine.start()
    log.uvicorn("Application startup complete.")
    await ending.wait()
    await server.stop(engine, args.shutdown_timeout)
