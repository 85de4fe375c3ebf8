"""
What a type of value is to pydantic: a reader that is ours, and a description for editors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler


class Field(ABC):
    """
    A type of value: `read` makes the value or raises InvalidValueError, `json_schema` describes it to editors.
    """

    @abstractmethod
    def read(self, value: object) -> object:
        """
        Return the value that the file's *value* stands for.
        """

    @property
    def accepts(self) -> str:
        """
        Say what may be written, as the end of "must be ..."; nothing if that needs no saying.
        """
        return ""

    def write(self, value: object) -> str | int | bool | None:
        """
        Return what stands for *value* in the file; ``None`` if nothing does.
        """
        return None if value is None else str(value)

    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """
        Return the JSON Schema of what may be written, as an editor's YAML reads it.
        """

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """
        Let pydantic call `read`, and nothing else.
        """
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """
        Let pydantic put this type's own description into the schema.
        """
        return self.json_schema()


@dataclass(frozen=True)
class ReadField(Field):
    """
    A value with a reader of its own, and with the *schema* of what that accepts.
    """

    reader: Callable[[object], object]
    schema: Callable[[], dict[str, Any]] = field(compare=False)

    def read(self, value: object) -> object:
        """
        Return what the reader makes of it.
        """
        return self.reader(value)

    def json_schema(self) -> dict[str, Any]:
        """
        Return the schema that was given.
        """
        return self.schema()
