"""Field types of the grammar: how a written text becomes a value, and what an editor may be told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from harness.arch import units
from harness.arch.ranges import is_name


@dataclass(frozen=True)
class Reads:
    """Metadata of a field: the reader of its text, its JSON Schema.

    The reader raises ``ValueError`` with what it expects.
    """

    reader: Callable[[str], Any]
    schema: Mapping[str, Any] = field(hash=False)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)

    def _read(self, text: Any) -> Any:
        try:
            if not isinstance(text, str):
                self.reader("")
                raise ValueError("a text")
            return self.reader(text)
        except ValueError as error:
            raise PydanticCustomError("unreadable", "cannot be read", {"expected": str(error)}) from None


def _reads(reader: Callable[[str], Any], *examples: str, types: str | list[str] = "string") -> Reads:
    return Reads(reader, {"type": types} | ({"examples": list(examples)} if examples else {}))


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise ValueError("a whole number")
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise ValueError("a number")
    return float(text)


def _flag(text: str) -> bool:
    if text not in ("true", "false", "True", "False", "TRUE", "FALSE"):
        raise ValueError("true or false")
    return text.lower() == "true"


def _word(text: str) -> str:
    if not text or len(text) > 255 or not text.isprintable():
        raise ValueError("a name of 1 to 255 printable characters")
    return text


def _node(text: str) -> str:
    if not is_name(text):
        raise ValueError("a name: letters, digits, '.', '-' and '_'")
    return text


def _device(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", text):
        raise ValueError("a device name without a folder: sdb")
    return text


def _url_path(text: str) -> str:
    if not re.fullmatch(r"(/[A-Za-z0-9._~{}-]*)*", text) or re.search(
        r"[{}]", text.replace("{tenant_id}", "")
    ):
        raise ValueError("a path that begins with /, where {tenant_id} may stand: /v2/{tenant_id}")
    return text


def _path(text: str) -> str:
    if not re.fullmatch(r"/[^\x00-\x1f\x7f]{0,1023}", text) or re.search(r"//|/\.\.?(/|$)", text):
        raise ValueError("an absolute path without '..': /srv/node/{device}")
    return text


def _mode(text: str) -> str:
    if not re.fullmatch(r"0?[0-7]{3,4}", text):
        raise ValueError("file permissions as octal digits: 0640")
    return text.zfill(4)


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError("a SHA-256 digest: 64 hexadecimal digits")
    return text.lower()


def _ports(text: str) -> str:
    match = re.fullmatch(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?", text)
    if not match or not int(match[1]) <= int(match[2] or match[1]) <= 65535:
        raise ValueError("a port or a range of ports: 22, 5900-5999")
    return text


def _zones(text: str) -> str:
    if not re.fullmatch(r"each node|each device|[1-9][0-9]{0,3}", text):
        raise ValueError("each node, each device, or one number for all")
    return text


def _rate(text: str) -> str:
    if not re.fullmatch(r"(GET|PUT|POST|DELETE) \S{1,100} [0-9]{1,6}/(SECOND|MINUTE|HOUR|DAY)", text):
        raise ValueError("method, URI and rate: POST * 10/MINUTE")
    return text


def _once(items: list[str]) -> list[str]:
    twice = sorted({item for item in items if items.count(item) > 1})
    if twice:
        raise PydanticCustomError("twice", "given twice in one list", {"found": ", ".join(twice)})
    return items


_SCALARS = ["string", "number", "boolean"]

Text = Annotated[str, Reads(str, {"type": _SCALARS})]
Name = Annotated[str, Reads(_word, {"type": _SCALARS})]
Names = Annotated[list[Name], AfterValidator(_once)]
NodeName = Annotated[str, _reads(_node, "storage-1")]
DeviceName = Annotated[str, _reads(_device, "sdb")]
UrlPath = Annotated[str, _reads(_url_path, "/v2/{tenant_id}")]
HostPath = Annotated[str, _reads(_path, "/srv/node/{device}")]
Mode = Annotated[str, _reads(_mode, "0640", types=["string", "integer"])]
Digest = Annotated[str, _reads(_sha256)]
Ports = Annotated[str, _reads(_ports, "22", "5900-5999", types=["string", "integer"])]
Zones = Annotated[str, _reads(_zones, "each node", "each device", "1", types=["string", "integer"])]
Rate = Annotated[str, _reads(_rate, "POST * 10/MINUTE")]
Rates = Annotated[list[Rate], AfterValidator(_once)]
Whole = Annotated[int, _reads(_whole, types="integer")]
Number = Annotated[float, _reads(_number, types="number")]
Flag = Annotated[bool, _reads(_flag, types="boolean")]
_PORT = Reads(_whole, {"type": "integer", "minimum": 1, "maximum": 65535})
Port = Annotated[int, Field(ge=1, le=65535), _PORT]
Duration = Annotated[float, _reads(units.seconds, "60 s", "2 min", "24 h", "500 ms")]
Memory = Annotated[int, _reads(units.megabytes, "512 MB", "2 GB", types=["string", "integer"])]
Disk = Annotated[int, _reads(units.gigabytes, "200 GB", "1 TB", types=["string", "integer"])]
Prefix = Annotated[int, _reads(units.prefix_length, "/22")]
Percent = Annotated[float, _reads(units.percent, "<= 1 %")]
