"""vLLM's Prometheus metrics, with its names. Metrics that need a model stay at zero."""
import bisect
import time

_LATENCY = (0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 7680.0)
_FIRST = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0, 160.0, 640.0, 2560.0)
_BETWEEN = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0)
_COUNT = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000)
_STEP = (1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)
_REASONS = ("stop", "length", "abort", "error", "repetition")


class Histogram:
    def __init__(self, name, words, bounds):
        self.name, self.words, self.bounds = name, words, bounds
        self.counts, self.sum = [0] * (len(bounds) + 1), 0.0

    def observe(self, value, times=1):
        self.counts[bisect.bisect_left(self.bounds, value)] += times
        self.sum += value * times

    def lines(self, labels):
        yield f"# HELP {self.name} {self.words}"
        yield f"# TYPE {self.name} histogram"
        total = 0
        for bound, count in zip((*self.bounds, "+Inf"), self.counts):
            total += count
            yield f'{self.name}_bucket{{{labels},le="{bound if bound == "+Inf" else float(bound)}"}} {float(total)}'
        yield f"{self.name}_count{{{labels}}} {float(total)}"
        yield f"{self.name}_sum{{{labels}}} {self.sum}"


class Metrics:
    def __init__(self, model, engine):
        self.labels = f'engine="0",model_name="{model}"'
        self.engine = engine
        self.prompt_tokens = self.generation_tokens = 0
        self.success = dict.fromkeys(_REASONS, 0)
        self.http = {}
        self.created = time.time()
        self._stepped = 0.0
        made = {}
        for key, name, words, bounds in (
            ("first", "time_to_first_token_seconds", "Histogram of time to first token in seconds.", _FIRST),
            ("between", "inter_token_latency_seconds", "Histogram of inter-token latency in seconds.", _BETWEEN),
            ("per_token", "request_time_per_output_token_seconds", "Histogram of time_per_output_token_seconds per request.", _BETWEEN),
            ("whole", "e2e_request_latency_seconds", "Histogram of e2e request latency in seconds.", _LATENCY),
            ("queue", "request_queue_time_seconds", "Histogram of time spent in WAITING phase for request.", _LATENCY),
            ("inference", "request_inference_time_seconds", "Histogram of time spent in RUNNING phase for request.", _LATENCY),
            ("prefill", "request_prefill_time_seconds", "Histogram of time spent in PREFILL phase for request.", _LATENCY),
            ("decode", "request_decode_time_seconds", "Histogram of time spent in DECODE phase for request.", _LATENCY),
            ("prompts", "request_prompt_tokens", "Number of prefill tokens processed.", _COUNT),
            ("answers", "request_generation_tokens", "Number of generation tokens processed.", _COUNT),
            ("steps", "iteration_tokens_total", "Histogram of number of tokens per engine_step.", _STEP),
            ("n", "request_params_n", "Histogram of the n request parameter.", (1, 2, 5, 10, 20)),
            ("max_tokens", "request_params_max_tokens", "Histogram of the max_tokens request parameter.", _COUNT),
        ):
            made[key] = Histogram("vllm:" + name, words, bounds)
        self.histograms = made

    def first_token(self, seconds):
        self.histograms["first"].observe(seconds)

    def stepped(self, now, tokens, sequences):
        """Counts a step of the engine: every sequence waited for its token since the last step."""
        self.generation_tokens += tokens
        if tokens:
            self.histograms["steps"].observe(tokens)
            if self._stepped and now - self._stepped < 1:
                self.histograms["between"].observe((now - self._stepped) * sequences / tokens, tokens)
            self._stepped = now

    def asked(self, n, max_tokens):
        self.histograms["n"].observe(n)
        self.histograms["max_tokens"].observe(max_tokens)

    def finished(self, sequence, reason):
        now, h = time.monotonic(), self.histograms
        self.success[reason] += 1
        h["whole"].observe(now - sequence.arrived)
        h["prompts"].observe(sequence.prompt_tokens)
        h["answers"].observe(sequence.at)
        if sequence.admitted:
            h["queue"].observe(sequence.admitted - sequence.arrived)
            h["inference"].observe(now - sequence.admitted)
        if sequence.first:
            h["prefill"].observe(sequence.first - sequence.admitted)
            h["decode"].observe(now - sequence.first)
            if sequence.at > 1:
                h["per_token"].observe((now - sequence.first) / (sequence.at - 1))

    def answered(self, method, path, status):
        key = (path, method, f"{status // 100}xx")
        self.http[key] = self.http.get(key, 0) + 1

    def text(self):
        engine, labels, out = self.engine, self.labels, []

        def gauge(name, words, value, more=""):
            out.extend((f"# HELP vllm:{name} {words}", f"# TYPE vllm:{name} gauge", f"vllm:{name}{{{labels}{more}}} {float(value)}"))

        def counter(name, words, value):
            out.extend((f"# HELP vllm:{name}_total {words}", f"# TYPE vllm:{name}_total counter", f"vllm:{name}_total{{{labels}}} {float(value)}",
                        f"# HELP vllm:{name}_created {words}", f"# TYPE vllm:{name}_created gauge", f"vllm:{name}_created{{{labels}}} {self.created}"))

        gauge("num_requests_running", "Number of requests in model execution batches.", len(engine.running))
        gauge("num_requests_waiting", "Number of requests waiting to be processed.", len(engine.waiting))
        gauge("engine_sleep_state", "Engine sleep state; awake = 0 means engine is sleeping; awake = 1 means engine is awake.", not engine.sleeping, ',sleep_state="awake"')
        gauge("kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", engine.usage())
        for name, words in (("prefix_cache_queries", "Prefix cache queries, in terms of number of queried tokens."), ("prefix_cache_hits", "Prefix cache hits, in terms of number of cached tokens."),
                            ("external_prefix_cache_queries", "External prefix cache queries."), ("external_prefix_cache_hits", "External prefix cache hits."),
                            ("mm_cache_queries", "Multi-modal cache queries."), ("mm_cache_hits", "Multi-modal cache hits."), ("num_preemptions", "Cumulative number of preemption from the engine.")):
            counter(name, words, 0)
        counter("prompt_tokens", "Number of prefill tokens processed.", self.prompt_tokens)
        counter("generation_tokens", "Number of generation tokens processed.", self.generation_tokens)
        out.extend(("# HELP vllm:request_success_total Count of successfully processed requests.", "# TYPE vllm:request_success_total counter"))
        out.extend(f'vllm:request_success_total{{{labels},finished_reason="{reason}"}} {float(count)}' for reason, count in self.success.items())
        for histogram in self.histograms.values():
            out.extend(histogram.lines(labels))
        out.extend(("# HELP vllm:cache_config_info Information of the LLMEngine CacheConfig", "# TYPE vllm:cache_config_info gauge",
                    f'vllm:cache_config_info{{block_size="16",cache_dtype="{engine.args.kv_cache_dtype}",engine="0",gpu_memory_utilization="{engine.args.gpu_memory_utilization}",'
                    f'kv_cache_size_tokens="{engine.kv_tokens}",num_gpu_blocks="{engine.kv_tokens // 16}"}} 1.0',
                    "# HELP http_requests_total Total number of requests by method, status and handler.", "# TYPE http_requests_total counter"))
        out.extend(f'http_requests_total{{handler="{path}",method="{method}",status="{status}"}} {float(count)}' for (path, method, status), count in sorted(self.http.items()))
        return "\n".join(out) + "\n"
