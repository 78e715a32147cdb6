"""Images of a request: decodes them and reads format and size."""
import asyncio
import base64
import binascii
import os
import struct
from urllib.parse import urlsplit
from urllib.request import url2pathname

from vllm.fake.errors import Fault

_SIDE = 1540
_PATCH = 28
_UNKNOWN = "Failed to load image: cannot identify image file <_io.BytesIO object>"


def limit(args):
    if args.language_model_only:
        return 0
    told = args.limit_mm_per_prompt.get("image", 999)
    return int(told.get("count", 999) if isinstance(told, dict) else told)


def check_count(args, count, vision):
    if count and not vision and not args.language_model_only:
        raise Fault(f"{args.served_model_name[0]} is not a multimodal model")
    most = limit(args)
    if count > most:
        raise Fault(f"At most {most} image(s) may be provided in one prompt.")


def tokens(width, height):
    """Tokens of an image as Pixtral counts them: one per patch of 28 x 28 pixels, and one per row."""
    shrink = max(width / _SIDE, height / _SIDE, 1)
    columns, rows = -(-int(width / shrink) // _PATCH), -(-int(height / shrink) // _PATCH)
    return max(1, columns) * max(1, rows) + max(1, rows)


def look(data):
    """format, width, height."""
    try:
        return _looked(data)
    except (struct.error, IndexError):
        raise Fault(_UNKNOWN) from None


def _looked(data):
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return ("PNG", *struct.unpack(">II", data[16:24]))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        kind = data[12:16]
        if kind == b"VP8X":
            return "WebP", 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        if kind == b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return "WebP", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        if kind == b"VP8 ":
            return ("WebP", *(side & 0x3FFF for side in struct.unpack("<HH", data[26:30])))
    if data[:3] == b"\xff\xd8\xff":
        at = 2
        while at + 9 <= len(data) and data[at] == 0xFF:
            marker = data[at + 1]
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                height, width = struct.unpack(">HH", data[at + 5:at + 9])
                return "JPEG", width, height
            at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    raise Fault(_UNKNOWN)


async def read(args, url):
    """The bytes of an image: from a data URL, or downloaded, as vLLM does."""
    try:
        parts = urlsplit(url)
        parts.port, (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise Fault(f"Failed to parse: {ascii(url)[:200]}, {error}") from None
    if parts.scheme == "data":
        kind, comma, text = url[5:].partition(",")
        if not comma or not kind.endswith(";base64"):
            raise Fault("Only base64 data URLs are supported for now.", "NotImplementedError", 501)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Fault(str(error)) from None
    if parts.scheme == "file":
        return _local(args, parts)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Fault("The URL must be either a HTTP, data or file URL.")
    domains = args.allowed_media_domains
    if domains and parts.hostname not in domains:
        raise Fault(f"The URL must be from one of the allowed domains: {domains}. Input URL domain: {parts.hostname}")
    return await _fetched(parts)


def _local(args, parts):
    root = args.allowed_local_media_path
    if not root:
        raise Fault("Cannot load local files without `--allowed-local-media-path`.")
    if "%00" in parts.path or "\0" in parts.path:
        raise Fault("embedded null byte")
    path = os.path.realpath(url2pathname(parts.netloc + parts.path))
    if os.path.commonpath([path, os.path.realpath(root)]) != os.path.realpath(root):
        raise Fault(f"The file path {path} must be a subpath of `--allowed-local-media-path {root}`.")
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Fault(str(error)) from None


async def _fetched(parts):
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, port, ssl=secure or None), float(os.environ.get("VLLM_IMAGE_FETCH_TIMEOUT", 5)))
    except (OSError, asyncio.TimeoutError, TimeoutError) as error:
        words = getattr(error, "strerror", None) or str(error) or "timed out"
        raise Fault(f"Cannot connect to host {parts.hostname}:{port} ssl:{'default' if secure else 'False'} [{words}]", "InternalServerError", 500) from None
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        writer.write(f"GET {target} HTTP/1.0\r\nHost: {parts.netloc}\r\nUser-Agent: vLLM\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(64 << 20), 10)
    except (OSError, asyncio.TimeoutError, TimeoutError) as error:
        raise Fault(f"Server disconnected: {error}", "InternalServerError", 500) from None
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    words = head.split(b"\r\n")[0].decode("latin-1").split(" ", 2)
    if len(words) < 2 or words[1] != "200":
        raise Fault(f"{words[1] if len(words) > 1 else 0}, message='{words[2] if len(words) > 2 else ''}', url='{parts.geturl()}'", "InternalServerError", 500)
    return body
