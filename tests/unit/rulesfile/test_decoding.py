"""
What is not a text never reaches YAML.
"""

from __future__ import annotations

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.rulesfile.decoding import decode
from tradewarden.rulesfile.loader import parse_rules


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xef\xbb\xbfversion: 1", "rules.yaml:1:1: the file begins with a byte order mark"),
        ("version: 1".encode("utf-16"), "rules.yaml:1:1: the file is UTF-16"),
        ("version: 1".encode("utf-16-be"), "rules.yaml:1:1: the character U+0000"),
        (b"a: 1\r\nb: \xe9\n", "rules.yaml:2:4: the byte 0xe9 is not valid UTF-8"),
        (b"a: \x00", "rules.yaml:1:4: the character U+0000"),
        (b"a: \x1b[31m", "rules.yaml:1:4: the character U+001B"),
        ("a: \u2028".encode(), "rules.yaml:1:4: the character U+2028"),
        ("a: x\u202ey".encode(), "rules.yaml:1:5: the character U+202E"),
        (b"a: 1\n  \tb: 2", "rules.yaml:2:3: the line is indented with a tab"),
        (b"a" * 1_000_001, "rules.yaml:1:1: the file is larger than 1,000,000 bytes"),
        (b"\n" * 50_001, "rules.yaml:1:1: the file has more than 50,000 lines"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "rules.yaml:1:1: the character U+007F"),
        (b"\x89PNG\r\n\x1a\n", "rules.yaml:1:1: the byte 0x89 is not valid UTF-8"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_not_a_text(data: bytes, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rules(data, name="rules.yaml", vocabulary=VOCABULARY)

    assert caught.value.problems[0].startswith(says)
    assert "\x1b" not in str(caught.value)


def test_a_credential_in_an_unreadable_file_is_told_and_hidden() -> None:
    secret = "3f2a9b8c7d6e5f4a" * 4

    with pytest.raises(ConfigError) as caught:
        parse_rules(f"api_key: {secret} \0\n".encode(), name="rules.yaml", vocabulary=VOCABULARY)

    assert "credentials never belong in this file" in str(caught.value)
    assert secret not in str(caught.value)


def test_tabs_elsewhere_are_ordinary() -> None:
    text = "a:\t1\n# \tcomment\n   \n\t\n"

    assert decode(text.encode()) == text
