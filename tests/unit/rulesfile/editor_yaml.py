"""
What an editor's YAML makes of a text: the core schema of YAML 1.2, in which `no` and `1:30` are texts.
"""

from __future__ import annotations

import re

import yaml


class CoreLoader(yaml.SafeLoader):
    """
    PyYAML's reader (of YAML 1.1) with the plain scalars of YAML 1.2's core schema.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012 (PyYAML's own attribute)


def _whole(loader: CoreLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text[:2] in {"0x", "0o"} else int(text)


def _mapping(loader: CoreLoader, node: yaml.MappingNode) -> dict[str, object]:
    """
    Build a mapping as JSON knows them: a key is the text that is written, also if it looks like a number.
    """
    pairs = node.value
    return {str(key.value): loader.construct_object(value, deep=True) for key, value in pairs}


def _number(loader: CoreLoader, node: yaml.ScalarNode) -> float:
    return float(str(loader.construct_scalar(node)).replace(".inf", "inf").replace(".nan", "nan"))


for _tag, _pattern, _firsts in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan", "-+.0123456789"),
):
    CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_firsts) + [""] * (_tag == "null")
    )
CoreLoader.add_constructor("tag:yaml.org,2002:int", _whole)
CoreLoader.add_constructor("tag:yaml.org,2002:float", _number)
CoreLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_as_editor(text: str) -> object:
    """
    Return the data of *text*. Raises yaml.YAMLError.
    """
    return yaml.load(text, Loader=CoreLoader)  # noqa: S506 (it is a SafeLoader)
