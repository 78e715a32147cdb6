"""The routes: which exist (routes.json), which need the key, and what each returns."""
import hashlib
import hmac
import json
import os
import re

import vllm
from vllm.fake import chat, completions, fields, messages, pooling, responses, words
from vllm.fake.errors import Fault, invalid, no_model, not_json, validation, wrong_media_type

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "routes.json")
_GUARDED = ("/v1", "/v2", "/inference", "/cohere")


class App:
    """task: generate, embed or score, from the model's architecture. width: length of an embedding."""

    def __init__(self, args, engine, vision, task="generate", width=1):
        self.args, self.engine, self.vision, self.task, self.width = args, engine, vision, task, width
        keys = args.api_key or ([os.environ["VLLM_API_KEY"]] if os.environ.get("VLLM_API_KEY") else [])
        self.keys = [hashlib.sha256(key.encode()).digest() for key in keys]
        self.fingerprint = f"vllm-{vllm.__version__}-tp{args.tensor_parallel_size}-{hashlib.sha256(args.model.encode()).hexdigest()[:8]}" if args.fingerprint_mode != "none" else None
        with open(_DATA, encoding="utf-8") as file:
            self.routes = [route for route in json.load(file)["routes"] if self._registered(route["when"]) and task in route.get("tasks", [task])]
        self.plain = {route["path"]: route for route in self.routes if "{" not in route["path"]}
        self.patterns = [(re.compile(re.sub(r"\{\w+\}", "([^/]+)", route["path"])), route) for route in self.routes if "{" in route["path"]]
        self.load = 0

    def _registered(self, when):
        args, env = self.args, os.environ
        return {"always": True, "docs": not args.disable_fastapi_docs, "tokenizer-info": args.enable_tokenizer_info_endpoint, "scale-out": args.enable_scale_out,
                "lora": env.get("VLLM_ALLOW_RUNTIME_LORA_UPDATING") == "1" and bool(args.enable_lora), "profiler": bool(args.profiler_config),
                "pooling": self.task != "generate", "dev": env.get("VLLM_SERVER_DEV_MODE") == "1",
                "fault-tolerance": bool(args.enable_fault_tolerance), "cohere": env.get("VLLM_ENABLE_COHERE_API") == "1", "tokens-only": args.tokens_only}.get(when, False)

    def listed(self):
        return self.routes

    def handler_name(self, request):
        return request.path if request.path in self.plain else "none"

    def json(self, connection, told, status=200):
        connection.send(status, json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace"), more=self.more)

    def fail(self, connection, message, kind, status):
        connection.send(status, Fault(message, kind, status).body())

    def check_model(self, body):
        name = body.get("model")
        if name and name not in self.args.served_model_name:
            raise no_model(name)
        return self.args.served_model_name[0]

    def _let_in(self, request):
        if not self.keys or request.method == "OPTIONS" or not request.path.startswith(_GUARDED):
            return True
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        given = hashlib.sha256(key.encode("latin-1", "replace")).digest()
        # Compares all keys, so that the duration reveals nothing.
        return scheme.lower() == "bearer" and any([hmac.compare_digest(given, known) for known in self.keys])

    async def answer(self, request, connection):
        origin = request.headers.get("origin")
        self.more = (("access-control-allow-origin", "*"),) if origin else ()
        if request.method == "OPTIONS" and origin and "access-control-request-method" in request.headers:
            connection.send(200, b"OK", "text/plain; charset=utf-8", (("access-control-allow-origin", "*"), ("access-control-allow-methods", "*"), ("access-control-max-age", "600")))
            return
        if not self._let_in(request):
            connection.send(401, b'{"error":"Unauthorized"}')
            return
        route, part = self.plain.get(request.path), None
        if route is None:
            for pattern, candidate in self.patterns:
                if match := pattern.fullmatch(request.path):
                    route, part = candidate, match[1]
        if route is None:
            connection.send(404, b'{"detail":"Not Found"}')
            return
        if request.method not in route["methods"]:
            connection.send(405, b'{"detail":"Method Not Allowed"}', more=(("allow", ", ".join(route["methods"])),))
            return
        self.load += 1
        try:
            await self._answered(getattr(self, "_" + route["answer"])(request, connection, part))
        except Fault as fault:
            if connection.started:
                connection.piece(b"data: " + fault.body() + b"\n\n")
                connection.end()
            else:
                connection.send(fault.status, fault.body(), more=self.more)
        finally:
            self.load -= 1

    @staticmethod
    async def _answered(answer):
        try:
            await answer
        except RecursionError:
            # Python's recursion limit bounds all code that walks through a body: a deeper body is rejected.
            raise Fault("The request is nested too deeply.") from None

    def _body(self, request, kind=fields.ANY):
        media = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media != "application/json":
            raise wrong_media_type()
        if not request.body:
            raise validation("missing", "", "Field required", None)
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise not_json(error) from None
        return kind.check(body)

    async def _chat(self, request, connection, _):
        await chat.complete(self, self._body(request, fields.CHAT), connection)

    async def _completions(self, request, connection, _):
        await completions.complete(self, self._body(request, fields.COMPLETION), connection)

    async def _responses(self, request, connection, _):
        await responses.create(self, self._body(request, fields.RESPONSES), connection)

    async def _messages(self, request, connection, _):
        with messages.in_anthropics_words():
            await messages.create(self, self._body(request, fields.MESSAGES), connection)

    async def _count_tokens(self, request, connection, _):
        with messages.in_anthropics_words():
            await messages.count_tokens(self, self._body(request, fields.COUNT), connection)

    async def _embeddings(self, request, connection, _):
        await pooling.embeddings(self, self._body(request, fields.EMBEDDING), connection)

    async def _score(self, request, connection, _):
        await pooling.score(self, self._body(request, fields.SCORE), connection)

    async def _rerank(self, request, connection, _):
        await pooling.rerank(self, self._body(request, fields.RERANK), connection)

    async def _not_here(self, request, connection, _):
        raise Fault("This fake engine does not support this route", "NotImplementedError", 501)

    async def _invocations(self, request, connection, part):
        body = self._body(request)
        for kind, answer in ((fields.CHAT, chat.complete), (fields.COMPLETION, completions.complete)):
            try:
                told = kind.check(body)
            except Fault:
                continue
            await answer(self, told, connection)
            return
        raise Fault("Cannot find suitable handler for request. Expected one of: ['ChatCompletionRequest', 'CompletionRequest']")

    async def _chat_batch(self, request, connection, _):
        await chat.batch(self, self._body(request, fields.BATCH), connection)

    async def _response_get(self, request, connection, name):
        raise responses.not_stored(name)

    async def _response_cancel(self, request, connection, name):
        raise responses.not_stored(name)

    async def _models(self, request, connection, _):
        made = int(self.engine.metrics.created)
        self.json(connection, {"object": "list", "data": [
            {"id": name, "object": "model", "created": made, "owned_by": "vllm", "root": self.args.model, "parent": None, "max_model_len": self.engine.max_length,
             "permission": [{"id": f"modelperm-{hashlib.sha256(name.encode()).hexdigest()[:16]}", "object": "model_permission", "created": made, "allow_create_engine": False,
                             "allow_sampling": True, "allow_logprobs": True, "allow_search_indices": False, "allow_view": True, "allow_fine_tuning": False,
                             "organization": "*", "group": None, "is_blocking": False}]} for name in self.args.served_model_name]})

    async def _health(self, request, connection, _):
        connection.send(503 if self.engine.dead else 200, b"", None)

    async def _version(self, request, connection, _):
        self.json(connection, {"version": vllm.__version__})

    async def _load(self, request, connection, _):
        self.json(connection, {"server_load": self.load if self.args.enable_server_load_tracking else 0})

    async def _metrics(self, request, connection, _):
        connection.send(200, self.engine.metrics.text().encode(), "text/plain; version=1.0.0; charset=utf-8")

    async def _openapi(self, request, connection, _):
        paths = {route["path"]: {method.lower(): {"responses": {"200": {"description": "Successful Response"}}} for method in route["methods"] if method != "HEAD"}
                 for route in self.routes if route["when"] != "docs"}
        self.json(connection, {"openapi": "3.1.0", "info": {"title": "FastAPI", "version": "0.1.0"}, "paths": paths})

    async def _docs(self, request, connection, _):
        connection.send(200, b"<!DOCTYPE html><html><head><title>FastAPI</title></head><body>A fake engine with the API of vLLM. See /openapi.json</body></html>", "text/html; charset=utf-8")

    async def _tokenize(self, request, connection, _):
        body = self._body(request, fields.TOKENIZE)
        self.check_model(body)
        if "prompt" not in body:
            told = await chat.read(self, body)
            self.json(connection, {"count": told.tokens, "max_model_len": self.engine.max_length, "tokens": list(range(told.tokens)), "token_strs": None})
            return
        self.json(connection, words.tokenized(self.engine.max_length, body["prompt"], body.get("return_token_strs")))

    async def _detokenize(self, request, connection, _):
        body = self._body(request, fields.DETOKENIZE)
        self.check_model(body)
        self.json(connection, {"prompt": words.text_of(body["tokens"])})

    async def _tokenizer_info(self, request, connection, _):
        self.json(connection, {"tokenizer_class": "Fake", "vocab_size": words.VOCABULARY, "model_max_length": self.engine.max_length})

    async def _generative_scoring(self, request, connection, _):
        self._body(request)
        raise Fault("This fake engine does not score", "NotImplementedError", 501)

    async def _scale(self, request, connection, _):
        size = self._body(request).get("new_data_parallel_size")
        if size is None:
            raise Fault("new_data_parallel_size is required", "Bad Request")
        raise Fault("Elastic EP is not enabled: pass --enable-elastic-ep", "Internal Server Error", 500)

    async def _is_scaling(self, request, connection, _):
        self.json(connection, {"is_scaling_elastic_ep": False})

    async def _render(self, request, connection, _):
        self.json(connection, words.tokenized(self.engine.max_length, json.dumps(self._body(request))))

    async def _tokens(self, request, connection, _):
        body = self._body(request, fields.TOKENS)
        inner = {name: told for name, told in {**body, **(body.get("sampling_params") or {})}.items() if name not in ("token_ids", "sampling_params")}
        await completions.complete(self, fields.COMPLETION.check({**inner, "prompt": body["token_ids"]}), connection)

    async def _lora(self, request, connection, _):
        raise Fault("Both 'lora_name' and 'lora_path' must be provided.", "InvalidUserInput")

    async def _done(self, request, connection, _):
        connection.send(200, b"", None)

    async def _pause(self, request, connection, _):
        if "mode=wait" not in request.query and "mode=keep" not in request.query:
            self.engine.abort_all()
        self.engine.paused = True
        self.json(connection, {"status": "paused"})

    async def _resume(self, request, connection, _):
        self.engine.paused = False
        self.json(connection, {"status": "resumed"})

    async def _is_paused(self, request, connection, _):
        self.json(connection, {"is_paused": self.engine.paused})

    async def _weights(self, request, connection, _):
        raise Fault("Weight transfer is not configured: pass --weight-transfer-config", "Internal Server Error", 500)

    async def _world_size(self, request, connection, _):
        args = self.args
        self.json(connection, {"world_size": args.tensor_parallel_size * args.pipeline_parallel_size * args.data_parallel_size})

    async def _server_info(self, request, connection, _):
        self.json(connection, {"vllm_config": f"a fake engine with the API of vLLM {vllm.__version__}: {self.args.served_model_name[0]}"})

    async def _weight_info(self, request, connection, _):
        self.json(connection, {"weight_version": None})

    async def _apply_fault(self, request, connection, _):
        body = self._body(request)
        if body.get("instruction") != "retry":
            raise Fault("Invalid 'instruction' value.", "Bad Request")
        if not isinstance(body.get("request_id"), str) or not body["request_id"].strip():
            raise Fault("'request_id' must be a non-empty string.", "Bad Request")
        self.json(connection, {"message": "Instruction accepted.", "request_id": body["request_id"]}, 202)

    async def _fault_status(self, request, connection, _):
        self.json(connection, {"0": {"status": "dead" if self.engine.dead else "healthy"}})

    async def _cohere(self, request, connection, _):
        raise Fault("This fake engine does not support Cohere's format", "NotImplementedError", 501)

    async def _sleep(self, request, connection, _):
        if not self.args.enable_sleep_mode:
            raise invalid("Sleep mode is not enabled. Please set --enable-sleep-mode.", "enable_sleep_mode")
        self.engine.sleeping = True
        connection.send(200, b"", None)

    async def _wake_up(self, request, connection, _):
        self.engine.sleeping = False
        connection.send(200, b"", None)

    async def _is_sleeping(self, request, connection, _):
        self.json(connection, {"is_sleeping": self.engine.sleeping})
