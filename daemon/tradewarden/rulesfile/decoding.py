"""
From bytes to text: what is not plain UTF-8 text of a sane size is refused before YAML sees it.
"""

from __future__ import annotations

import codecs
import re

from tradewarden.rulesfile.characters import NOT_IN_A_FILE, find_character
from tradewarden.rulesfile.problems import Issue

MAX_BYTES = 1_000_000
MAX_LINES = 50_000

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOOKED_AT, _FEW, _MOST = 4_000, 0.6, 0.8  # bytes of a file, and the shares of them that are zero
_SAVE_AS_UTF_8 = "save it as UTF-8, without a byte order mark"
_INDENTED_BY_TAB = re.compile(r"^ *\t[ \t]*[^ \t\r\n]", re.MULTILINE)
_INDENTED_BY_OTHER_SPACE = re.compile("^ *[\xa0\u2000-\u200b\u202f\u205f\u3000](?=.*\\S)", re.MULTILINE)


class UndecodableError(Exception):
    """
    The bytes are not a text that can be read: *issue* says why, *text* is what could be read of them.

    *is_garbled*: no line of it may be shown, because nobody can tell what is a credential in it.
    """

    def __init__(self, issue: Issue, text: str = "", *, is_garbled: bool = False) -> None:
        super().__init__(issue.message)
        self.issue = issue
        self.text = text
        self.is_garbled = is_garbled


def decode(data: bytes) -> str:
    """
    Return the text of a rules file. Raises UndecodableError.
    """
    if len(data) > MAX_BYTES:
        raise UndecodableError(Issue(line=0, column=0, message=f"the file is larger than {MAX_BYTES:,} bytes"))
    if data.startswith(_UTF_16):
        raise UndecodableError(Issue(line=0, column=0, message="the file is UTF-16", hints=(_SAVE_AS_UTF_8,)))
    if data.startswith(codecs.BOM_UTF8):
        message = "the file begins with a byte order mark"
        raise UndecodableError(Issue(line=0, column=0, message=message, hints=(_SAVE_AS_UTF_8,)))
    if data.count(b"\n") + data.count(b"\r") > MAX_LINES:
        raise UndecodableError(Issue(line=0, column=0, message=f"the file has more than {MAX_LINES:,} lines"))
    if _looks_like_utf_16(data):
        raise UndecodableError(Issue(line=0, column=0, message="the file looks like UTF-16", hints=(_SAVE_AS_UTF_8,)))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = data.decode(errors="replace")
        at = len(data[: error.start].decode())
        issue = _issue_at(text, at, f"the byte 0x{data[error.start]:02x} is not valid UTF-8", "save the file as UTF-8")
        raise UndecodableError(issue, text, is_garbled=True) from None
    if (found_at := find_character(text, NOT_IN_A_FILE)) is not None:
        code = f"U+{ord(text[found_at]):04X}"
        issue = _issue_at(text, found_at, f"the character {code} cannot stand in a rules file", "remove it")
        raise UndecodableError(issue, text, is_garbled="\0" in text)
    if found := _INDENTED_BY_OTHER_SPACE.search(text):
        issue = _issue_at(text, found.end() - 1, "the line is indented with a no-break space", "indent with spaces")
        raise UndecodableError(issue, text)
    if found := _INDENTED_BY_TAB.search(text):
        at = text.index("\t", found.start())
        raise UndecodableError(_issue_at(text, at, "the line is indented with a tab", "indent with spaces"), text)
    return text


def _looks_like_utf_16(data: bytes) -> bool:
    """
    Tell whether every second byte is zero, or nearly: an ASCII text in UTF-16 or UTF-32 without its mark.
    """
    start = data[:_LOOKED_AT]
    shares = sorted(side.count(0) / max(1, len(side)) for side in (start[::2], start[1::2]))
    return shares[0] < _FEW and shares[1] > _MOST


def _issue_at(text: str, offset: int, message: str, hint: str) -> Issue:
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n")
    return Issue(line=line, column=len(before) - before.rfind("\n") - 1, message=message, hints=(hint,))
