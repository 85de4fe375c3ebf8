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
        ("version: 1".encode("utf-16-be"), "rules.yaml:1:1: the file looks like UTF-16"),
        ("version: 1".encode("utf-16-le"), "rules.yaml:1:1: the file looks like UTF-16"),
        ("version: 1".encode("utf-32-le"), "rules.yaml:1:1: the file looks like UTF-16"),
        ("version: 1".encode("utf-32-be"), "rules.yaml:1:1: the file looks like UTF-16"),
        ("a: 1\n\xa0 b: 2".encode(), "rules.yaml:2:1: the line is indented with a no-break space"),
        ("a: 1\n  \u3000b: 2".encode(), "rules.yaml:2:3: the line is indented with a no-break space"),
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


@pytest.mark.parametrize("damage", [b"\0", b"\xe9"])
def test_no_line_of_a_garbled_file_is_shown(damage: bytes) -> None:
    """
    Nobody can tell what is a credential in it.
    """
    with pytest.raises(ConfigError) as caught:
        parse_rules(b"note: visible\nx: " + damage, name="rules.yaml", vocabulary=VOCABULARY)

    assert "visible" not in str(caught.value)
    assert "^" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_credential_in_utf_16_is_not_shown(encoding: str) -> None:
    data = ("api_key: " + "3f2a9b8c" * 8).encode(encoding)

    with pytest.raises(ConfigError) as caught:
        parse_rules(data, name="rules.yaml", vocabulary=VOCABULARY)

    assert not set("\n".join(caught.value.problems).split()) & {"3", "f"}
    assert "3f2a" not in str(caught.value).replace("\0", "")
    assert "looks like UTF-16" in str(caught.value)
