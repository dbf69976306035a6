"""The base of everything that a user may write: keys with their sentences, a bare text for one of them."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError


def key(description: str, **options: Any) -> Any:
    """A key with the sentence that an editor shows for it."""
    return Field(description=description, **options)


class Written(BaseModel):
    """Base of the grammar. ``short`` is the key that a bare text stands for: ``database: mysql``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    short: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, value: Any) -> Any:
        if cls.short and isinstance(value, str):
            return {cls.short: value}
        if not isinstance(value, dict):
            keys = ", ".join(sorted(cls.model_fields, key=lambda name: name not in cls.__annotations__))
            raise PydanticCustomError(
                "shape", "not a mapping", {"expected": f"a mapping with the keys {keys}"}
            )
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        found = handler(schema)
        return {"anyOf": [{"type": "string"}, found]} if cls.short else found
