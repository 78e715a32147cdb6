"""The model's folder: the files that vLLM reads, and whether they are complete."""
import glob
import json
import os
import struct

from vllm.fake.refused import Refused

_HEADER_LIMIT = 100_000_000
_WIDTHS = {"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "BF16": 16, "F16": 16, "I16": 16, "U16": 16, "F8_E4M3": 8, "F8_E5M2": 8,
           "F8_E8M0": 8, "I8": 8, "U8": 8, "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "C64": 64}


def folder(model):
    if os.path.isdir(model):
        return model
    raise Refused("huggingface_hub.errors.HFValidationError",
                  f"Repo id must be in the form 'repo_name' or 'namespace/repo_name': '{model}'. Use `repo_type` argument if needed.", "get_config")


def configuration(model, config_format):
    """The format of the weights, and the numbers of the architecture under Mistral's names."""
    mistral, hf = os.path.join(model, "params.json"), os.path.join(model, "config.json")
    if config_format == "auto":
        config_format = "mistral" if os.path.isfile(mistral) else "hf"
        if not os.path.isfile(mistral) and not os.path.isfile(hf):
            raise Refused("ValueError", "Could not detect config format for no config file found. With config_format 'auto', ensure your model has either config.json "
                          "(HF format) or params.json (Mistral format). Otherwise please specify your_custom_config_format in engine args for customized config parser.",
                          "get_config")
    path = mistral if config_format == "mistral" else hf
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
    except OSError:
        name = "params.json" if config_format == "mistral" else "config.json"
        raise Refused("ValueError" if config_format == "mistral" else "OSError",
                      f"Failed to load mistral '{name}' config for model {model}. Please check if the model is a mistral-format model and if the config file exists."
                      if config_format == "mistral" else f"{model} does not appear to have a file named {name}.", "get_config") from None
    except ValueError as error:
        raise Refused("json.decoder.JSONDecodeError", f"{error}", "get_config") from None
    return config_format, told if config_format == "mistral" else _from_hf(told)


def _from_hf(told):
    text = told.get("text_config") or told
    names = {"dim": "hidden_size", "n_layers": "num_hidden_layers", "n_heads": "num_attention_heads", "n_kv_heads": "num_key_value_heads", "head_dim": "head_dim",
             "vocab_size": "vocab_size", "max_position_embeddings": "max_position_embeddings", "kv_lora_rank": "kv_lora_rank", "qk_rope_head_dim": "qk_rope_head_dim"}
    numbers = {ours: text[theirs] for ours, theirs in names.items() if text.get(theirs) is not None}
    numbers["architectures"] = told.get("architectures") or []
    if "vision_config" in told:
        numbers["vision_encoder"] = told["vision_config"]
    return numbers


def check_tokenizer(model, mode, config_format):
    if mode == "mistral" or (mode == "auto" and config_format == "mistral"):
        for pattern in ("tekken.json", "tokenizer.model*", "tokenizer.mm.model*"):
            if glob.glob(os.path.join(model, pattern)):
                return
        raise Refused("ValueError", f"No tokenizer file found in directory: {model}", "cached_tokenizer_from_config")
    if not glob.glob(os.path.join(model, "tokenizer*")) and not glob.glob(os.path.join(model, "tekken.json")):
        raise Refused("OSError", f"Can't load tokenizer for '{model}'. If you were trying to load it from 'https://huggingface.co/models', make sure you don't have a local "
                      f"directory with the same name. Otherwise, make sure '{model}' is the correct path to a directory containing all relevant files for a tokenizer.",
                      "cached_tokenizer_from_config")


def files(model, load_format):
    """The paths of the shards, sorted."""
    consolidated = sorted(glob.glob(os.path.join(model, "consolidated*.safetensors")))
    others = [path for path in sorted(glob.glob(os.path.join(model, "*.safetensors"))) if path not in consolidated]
    if load_format == "mistral":
        found, index = consolidated, "consolidated.safetensors.index.json"
    else:
        found, index = others or (consolidated if load_format == "auto" else []), "model.safetensors.index.json"
    if not found:
        raise Refused("RuntimeError", f"Cannot find any model weights with `{model}`", "_prepare_weights", in_engine=True)
    index = os.path.join(model, index)
    if os.path.isfile(index):
        with open(index, encoding="utf-8") as file:
            places = json.load(file)["weight_map"]
        present = {os.path.basename(path) for path in found}
        if lost := sorted(name for name, place in places.items() if place not in present):
            raise Refused("ValueError", f"Following weights were not initialized from checkpoint: {{{', '.join(repr(name) for name in lost[:20])}}}", "load_weights", in_engine=True)
        found = [path for path in found if os.path.basename(path) in set(places.values())]
    return found


def _broken(path, words):
    return Refused("safetensors_rust.SafetensorError", f"Error while deserializing header: {words} ({os.path.basename(path)})", "safetensors_weights_iterator", in_engine=True)


def read_header(path):
    """Number of tensors in a file. Checks every offset against the file's size."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        start = file.read(8)
        if len(start) < 8:
            raise _broken(path, "HeaderTooSmall")
        length = struct.unpack("<Q", start)[0]
        if length > _HEADER_LIMIT:
            raise _broken(path, "HeaderTooLarge")
        if length + 8 > size:
            raise _broken(path, "InvalidHeaderLength")
        text = file.read(length)
    try:
        header = json.loads(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise _broken(path, "InvalidHeader") from None
    except ValueError:
        raise _broken(path, "InvalidHeaderDeserialization") from None
    end = 0
    tensors = {name: told for name, told in header.items() if name != "__metadata__"}
    try:
        for name, told in sorted(tensors.items(), key=lambda item: item[1]["data_offsets"]):
            first, last = told["data_offsets"]
            if first != end or last < first:
                raise _broken(path, f'InvalidOffset("{name}")')
            count = 1
            for extent in told["shape"]:
                count *= extent
            if told["dtype"] in _WIDTHS and (count * _WIDTHS[told["dtype"]] + 7) // 8 != last - first:
                raise _broken(path, "TensorInvalidInfo")
            end = last
    except (KeyError, TypeError, ValueError):
        raise _broken(path, "InvalidHeaderDeserialization") from None
    if end + 8 + length != size:
        raise _broken(path, "MetadataIncompleteBuffer")
    return len(tensors)
