"""
Whatever the bytes, the answer is a rules file or a ConfigError, and soon.
"""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.rulesfile.loader import parse_rules

ROOT = Path(__file__).parents[3]
WHOLE = (ROOT / "tests/rules/everything.good.yaml").read_text()
PIECES = [
    *"\n\t :-?[]{}&*!|>'\"%@`#,.0aé時\r\0",
    *[
        "\n  ",
        ": ",
        "- ",
        "---\n",
        "...\n",
        "<<: ",
        "&a ",
        "*a",
        "!!int ",
        "\n\n",
        "null",
        "true",
        "1e999",
        "''",
        "|\n",
        ">\n",
    ],
    *[
        "name: ",
        "when: ",
        "rules:\n",
        "match: ",
        "cancel: ",
        "schedule: ",
        "api_key: ",
        "\N{ZERO WIDTH SPACE}",
        "\u0301",
    ],
]


def _load(data: bytes) -> None:
    problems: tuple[str, ...] | None = None
    try:
        parse_rules(data, name="rules.yaml", vocabulary=VOCABULARY)
    except ConfigError as error:
        problems = error.problems

    assert problems is None or problems
    assert all(problem.startswith("rules.yaml:") for problem in problems or ())


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    _load(data)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40))
def test_any_heap_of_yaml(pieces: list[str]) -> None:
    _load("".join(pieces).encode(errors="surrogatepass"))


@given(st.data())
def test_any_change_to_a_good_file(data: st.DataObject) -> None:
    text = WHOLE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.sampled_from(["", *PIECES]) | st.text(max_size=3)) + text[end:]

    _load(text.encode(errors="surrogatepass"))


_scalars = st.sampled_from(["1", "-5%", "2m", "true", "~", "never", "x", "''", "[]", "{}", "0", "1.5", "USDT_*", "'*'"])
_keys = st.sampled_from(
    [
        *("version", "mode", "timezone", "schedule", "api", "limits", "safety", "rules", "watch", "api_key", "zzz"),
        *("name", "when", "for", "cancel", "keep", "repeat", "match", "except", "enabled", "every"),
        *("cron", "jitter", "position", "where", "id", "pair", "side", "accounts", "url"),
    ]
)
_trees = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(_keys, inner, max_size=5).map(
            lambda keys: "{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(_keys, _trees, max_size=8))
def test_any_keys_with_any_values(keys: dict[str, str]) -> None:
    _load("".join(f"{key}: {value}\n" for key, value in keys.items()).encode())


@given(st.lists(st.dictionaries(_keys, _trees, max_size=6), max_size=3))
def test_any_rules(rules: list[dict[str, str]]) -> None:
    flows = ("{" + ", ".join(f"{key}: {value}" for key, value in rule.items()) + "}" for rule in rules)
    _load(f"version: 1\nrules: [{', '.join(flows)}]\n".encode())
