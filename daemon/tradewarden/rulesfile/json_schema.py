"""
The JSON Schema of the rules file, for editors: drawn from the models that the loader reads with.

What a schema cannot say (conditions that do not compile, names given twice, ...) `tradewarden check` tells.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from tradewarden.rules.reference import FUNCTIONS, OPERATORS, UNITS
from tradewarden.rulesfile.field import Field
from tradewarden.rulesfile.rule_shape import Shape
from tradewarden.rulesfile.shape import FileShape
from tradewarden.rulesfile.text_fields import ConditionField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.fields import FieldInfo
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

    from tradewarden.rules.schema import FactSchema, Vocabulary

QUOTE = '"'
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "TradeWarden rules file"
DESCRIPTION = (
    "The rules by which TradeWarden cancels single take-profit steps of 3Commas SmartTrades. "
    "`tradewarden check` finds what a schema cannot see."
)


def rules_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """
    Return the schema of the whole file; conditions name the facts of *vocabulary*. It is the same in every run.
    """
    drawn = _Drawer(vocabulary).generate(FileShape.__pydantic_core_schema__)
    head = {"$schema": DIALECT, "title": TITLE, "description": DESCRIPTION}
    return head | {key: value for key, value in drawn.items() if key not in head}


class _Drawer(GenerateJsonSchema):
    """
    Pydantic's walk over the models, with our descriptions and defaults, and without its guesses.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def normalize_name(self, name: str) -> str:
        """
        Call a definition by the word of the file: an editor offers ``rule`` in its list of completions.
        """
        return super().normalize_name(name).removesuffix("Shape").lower()

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """
        Leave null out: ``None`` stands for a key that is not there, and a key without a value is refused.
        """
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """
        Leave the default out: `_explain` writes it as the file does.
        """
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: object) -> bool:
        """
        Give no titles: an editor would show them in place of the keys.
        """
        del schema
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """
        Describe each key of a model, and what holds of several of its keys.
        """
        drawn = super().model_schema(schema)
        shape = schema["cls"]
        if not issubclass(shape, Shape):
            msg = f"{shape.__name__} is no Shape"
            raise TypeError(msg)
        described = {key: drawn[key] for key in drawn if key not in {"title", "description"}}
        for name, info in shape.model_fields.items():
            self._explain(info, described["properties"][info.alias or name])
        if shape.exactly_one:
            described["oneOf"] = [{"required": [key]} for key in shape.exactly_one]
            # An editor that completes a mapping writes the keys that have a default, and here would stop at that.
            described["properties"] = {
                key: {word: value for word, value in drawn.items() if word != "default"}
                for key, drawn in described["properties"].items()
            }
        if shape.at_most_one:
            described["not"] = {"required": list(shape.at_most_one)}
        return described

    def _explain(self, info: FieldInfo, key: dict[str, Any]) -> None:
        """
        Complete the description of a key by its range and default, that of a condition by what it may ask.
        """
        field = next((each for each in info.metadata if isinstance(each, Field)), None)
        accepted = "" if field is None else field.accepts
        default = None if field is None or info.is_required() else field.write(info.default)
        ends = [f"Accepts {accepted}"] if accepted else []
        if default not in {None, ""}:
            key["default"] = default
            ends.append(f"{'default' if ends else 'Default'} {json.dumps(default).strip(QUOTE)}")
        key["description"] = f"{info.description} {'; '.join(ends)}{'.' if ends else ''}".strip()
        if isinstance(field, ConditionField):
            facts = self._vocabulary.in_scope(field.scope).values()
            key["markdownDescription"] = _in_markdown(key["description"], facts)
            key["description"] = _as_text(key["description"], facts)


def _as_text(description: str, facts: Iterable[FactSchema]) -> str:
    return "\n".join(
        [description, "It may ask:", *(f"{fact.name} ({fact.kind}): {meaning_of(fact)}" for fact in facts)]
    )


def _in_markdown(description: str, facts: Iterable[FactSchema]) -> str:
    lines = [f"{description}\n", "| It may ask | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{fact.name}` | {fact.kind} | {_cell(meaning_of(fact))} |" for fact in facts]
    for title, entries in (("Operators", OPERATORS), ("Functions", FUNCTIONS), ("Values", UNITS)):
        lines += [f"\n{title}:\n"]
        lines += [f"- `{entry.symbol}` {entry.meaning}: `{entry.example}`" for entry in entries]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def meaning_of(fact: FactSchema) -> str:
    """
    Say what a fact is, and which texts it can be.
    """
    return f"{fact.meaning} One of: {', '.join(fact.values)}." if fact.values else fact.meaning
