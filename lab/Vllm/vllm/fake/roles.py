"""mistral-common's checks of a conversation, in its order and with its messages, which vLLM returns unchanged in a 400.

Follows the validator for tokenizers v13 (Ministral 3, Large 3) in the mode "test", which vLLM always uses: it checks that calls have results at
the assistant's next message. From 1.11.1 on, a user message may follow a tool's.
"""
import os
import re

from vllm.fake.errors import Fault

# For the releases in the catalog: the lock file of vLLM 0.30.0 has 1.11.6.
_VERSION = tuple(map(int, os.environ.get("LAB_MISTRAL_COMMON", "1.11.6").split(".")))
_AFTER = {"system": ("user", "assistant", "system"), "user": ("assistant", "system", "user"), "assistant": ("assistant", "user", "tool"),
          "tool": ("assistant", "tool", "user") if _VERSION >= (1, 11, 1) else ("assistant", "tool")}
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ID = re.compile(r"[a-zA-Z0-9]{9}")
_ID_LENGTH = 9


def check(messages, body, mistral=True):
    """messages: a list of objects with a role. Without mistral-common, the template rejects unknown roles."""
    if not mistral:
        for message in messages:
            if message["role"] not in _AFTER:
                raise Fault(f"Only user, assistant and tool roles are supported, got {message['role']}.")
        return
    _check_end(messages[-1]["role"], body.get("add_generation_prompt", True), body.get("continue_final_message", False))
    _shorten(messages)
    for message in messages:
        if message["role"] not in _AFTER:
            raise Fault(f"Unknown message role: {message['role']}")
    if len(messages) == 1 and messages[0]["role"] not in ("user", "system"):
        raise Fault("Conversation must start with a user message or system message")
    for before, after in zip(messages, messages[1:]):
        if after["role"] not in _AFTER[before["role"]]:
            raise Fault(f"Unexpected role '{after['role']}' after role '{before['role']}'")
    _check_calls(messages)
    for at, message in enumerate(messages):
        _check_content(message, at == len(messages) - 1)
    for tool in body.get("tools") or []:
        _check_name(tool["function"]["name"])


def _check_end(role, prompt, go_on):
    """vLLM's own check of the last message, before mistral-common's."""
    if prompt and go_on:
        raise Fault("Cannot set both `add_generation_prompt` and `continue_final_message` to True.")
    if prompt and role == "assistant":
        raise Fault("Cannot set `add_generation_prompt` to True when the last message is from the assistant. Consider using `continue_final_message` instead.")
    if go_on and role != "assistant":
        raise Fault("Cannot set `continue_final_message` to True when the last message is not from the assistant.")


def _calls(message):
    return message.get("tool_calls") or [] if message["role"] == "assistant" else []


def _shorten(messages):
    """vLLM truncates long ids to their last characters."""
    for message in messages:
        for call in _calls(message):
            if isinstance(call.get("id"), str):
                call["id"] = call["id"][-_ID_LENGTH:]
        if message["role"] == "tool" and isinstance(message.get("tool_call_id"), str):
            message["tool_call_id"] = message["tool_call_id"][-_ID_LENGTH:]


def _check_calls(messages):
    expected, observed = set(), set()
    for message in messages[1:]:
        if message["role"] == "tool":
            name = message.get("tool_call_id")
            if name in observed:
                raise Fault(f"Duplicate tool call id {name} in tool results")
            if name not in expected:
                raise Fault(f"Unexpected tool call id {name} in tool results")
            observed.add(name)
        elif message["role"] == "assistant":
            if len(expected) != len(observed):
                raise Fault("Not the same number of function calls and responses")
            expected, observed = set(), set()
            for call in _calls(message):
                if call.get("id", "null") in expected:
                    raise Fault(f"Duplicate tool call id {call['id']} in assistant message")
                expected.add(call.get("id", "null"))


def _check_content(message, last):
    role = message["role"]
    if role == "system" and message.get("content") is None:
        raise Fault("System prompt must have content")
    if role == "tool":
        if message.get("name") is not None:
            _check_name(message["name"])
        if message.get("tool_call_id") is None:
            raise Fault("Tool call id has to be defined.")
        _check_id(message["tool_call_id"])
    if role == "assistant":
        for call in _calls(message):
            if call.get("id", "null") != "null":
                _check_id(call["id"])
            _check_name((call.get("function") or {}).get("name"))
        if message.get("prefix") and not last:
            raise Fault("Assistant message with prefix True must be last message")
        if not message.get("content") and not _calls(message):
            raise Fault(f"Invalid assistant message: role='assistant' content={message.get('content')!r} tool_calls=None prefix={bool(message.get('prefix'))}")


def _check_name(name):
    if not _NAME.fullmatch(str(name)):
        raise Fault(f"Function name was {name} but must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64.")


def _check_id(name):
    if not _ID.fullmatch(str(name)):
        raise Fault(f"Tool call id was {name} but must be a-z, A-Z, 0-9, with a length of 9.")
