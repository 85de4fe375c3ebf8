from __future__ import annotations

import sys
import unicodedata

import pytest
from yaml.reader import Reader

from tradewarden.rulesfile.characters import NOT_IN_A_FILE, NOT_SHOWN_BUT_OBEYED, Ranges, find_character

ALL = "".join(map(chr, range(sys.maxunicode + 1)))
BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def refused(ranges: Ranges) -> set[str]:
    return {chr(number) for first, last in ranges for number in range(ord(first), ord(last) + 1)}


def test_whatever_yaml_refuses_is_refused_before() -> None:
    assert set(Reader.NON_PRINTABLE.findall(ALL)) <= refused(NOT_IN_A_FILE)


def test_what_a_terminal_obeys_is_not_shown() -> None:
    obeyed = {character for character in ALL if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}}

    assert (obeyed | set(BIDIRECTIONAL)) - set("\t\n") == refused(NOT_SHOWN_BUT_OBEYED)


@pytest.mark.parametrize("ranges", [NOT_IN_A_FILE, NOT_SHOWN_BUT_OBEYED])
def test_ordinary_text_may_stand(ranges: Ranges) -> None:
    assert find_character("Größe: 5 %\n\t„株“ \U0001f600", ranges) is None
    assert find_character("", ranges) is None


def test_the_first_place_is_found() -> None:
    assert find_character("ab\x1bcd\x00\x1b", NOT_IN_A_FILE) == 2
