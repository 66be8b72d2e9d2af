"""CBOR (RFC 8949), as far as CloudWatch's newest protocol needs it.

boto3 and newer Terraform providers speak it; the emulator does only where a package is installed
that nothing else here needs.
"""

from __future__ import annotations

import math
import struct
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_INDEFINITE = 31
_BREAK = object()
_SIZES = {24: "B", 25: ">H", 26: ">I", 27: ">Q"}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}
_CONSTANTS = {20: False, 21: True, 22: None, 23: None}
_EPOCH = 1


def loads(data: bytes) -> Any:  # noqa: ANN401 - whatever was encoded
    """The value; a time is its epoch seconds. ValueError for what is no CBOR."""
    try:
        return _read(BytesIO(data))
    except (struct.error, IndexError, KeyError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError("not CBOR") from error


def dumps(value: object) -> bytes:  # noqa: PLR0911  one for each type
    """The bytes; a datetime becomes a tagged epoch time."""
    match value:
        case bool():
            return b"\xf5" if value else b"\xf4"
        case None:
            return b"\xf6"
        case int():
            return _head(_NEGATIVE, -1 - value) if value < 0 else _head(_UNSIGNED, value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case str():
            encoded = value.encode()
            return _head(_TEXT, len(encoded)) + encoded
        case datetime():
            return _head(_TAG, _EPOCH) + dumps(value.astimezone(UTC).timestamp())
        case list() | tuple():
            return _head(_ARRAY, len(value)) + b"".join(map(dumps, value))
        case dict():
            pairs = (dumps(key) + dumps(one) for key, one in value.items())
            return _head(_MAP, len(value)) + b"".join(pairs)
    raise TypeError(f"{type(value).__name__} has no CBOR here")


def _head(major: int, number: int) -> bytes:
    if number < min(_SIZES):
        return bytes([major << 5 | number])
    for size, layout in _SIZES.items():
        if number < 1 << 8 * struct.calcsize(layout):
            return bytes([major << 5 | size]) + struct.pack(layout, number)
    raise ValueError(f"{number} is too large")


def _read(stream: BytesIO) -> Any:  # noqa: ANN401, PLR0911  one for each major type
    first = stream.read(1)[0]
    major, detail = first >> 5, first & 31
    if major == _SIMPLE:
        return _simple(detail, stream)
    if detail == _INDEFINITE:
        return _indefinite(major, stream)
    number = _number(detail, stream)
    match major:
        case 0:
            return number
        case 1:
            return -1 - number
        case 2:
            return stream.read(number)
        case 3:
            return stream.read(number).decode()
        case 4:
            return [_read(stream) for _ in range(number)]
        case 5:
            return {_read(stream): _read(stream) for _ in range(number)}
    return _read(stream)  # a tag says what a value means, and of those only times come here


def _simple(detail: int, stream: BytesIO) -> object:
    if detail == _INDEFINITE:
        return _BREAK
    if layout := _FLOATS.get(detail):
        number: float = struct.unpack(layout, stream.read(struct.calcsize(layout)))[0]
        return number if math.isfinite(number) else None
    return _CONSTANTS[detail]


def _number(detail: int, stream: BytesIO) -> int:
    if detail < min(_SIZES):
        return detail
    layout = _SIZES[detail]
    number: int = struct.unpack(layout, stream.read(struct.calcsize(layout)))[0]
    return number


def _indefinite(major: int, stream: BytesIO) -> Any:  # noqa: ANN401
    parts = []
    while (part := _read(stream)) is not _BREAK:
        parts.append(part)
    match major:
        case 2:
            return b"".join(parts)
        case 3:
            return "".join(parts)
        case 4:
            return parts
    return dict(zip(parts[::2], parts[1::2], strict=True))
