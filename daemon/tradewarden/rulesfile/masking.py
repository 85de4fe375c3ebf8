"""
Credentials never belong in the rules file: find what looks like one, and never show it.

Masking keeps every character's place (one ``*`` for each), so that carets still point where they should.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tradewarden.rulesfile.bare_text import readings, through

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KEY = r"api[_ -]?key|api[_ -]?secret|secret|passw(?:or)?d|passphrase|token|(?:rsa|private)[_ -]?key|credential"
_CREDENTIAL_KEY = re.compile(_KEY, re.IGNORECASE)
_ASSIGNMENT = re.compile(rf"(?:{_KEY})[\w-]{{0,40}}[\"']?[ \t]{{0,9}}[:=][ \t]{{0,9}}", re.IGNORECASE)
_KEY_LINE = re.compile(
    rf"[ \t]*(?:-[ \t]+)*(?:[{{][ \t]*)?([\"']?[\w-]{{0,40}}?(?:{_KEY})[\w-]{{0,40}}[\"']?)[ \t]*:",
    re.IGNORECASE,
)
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z ]{0,40}-----")
_PEM_END = re.compile(r"-----END [A-Z ]{0,40}-----")
_USER_INFO = re.compile(r"(?<=//)[^/\s\"']{1,200}(?=@)")
_RUN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_PLAIN_RUN = re.compile(r"[A-Za-z0-9]{32,}")

SHORTEST_HEX = 32
SHORTEST_PLAIN = 48
SHORTEST_MIXED = 60
SHORTEST_MASKED = 20
SHORTEST_MASKED_MIX = 40


def is_credential_key(key: str) -> bool:
    """
    Tell whether a key of that name would hold a credential.
    """
    return any(_CREDENTIAL_KEY.search(reading.text) for reading in readings(key))


def find_secret(text: str) -> tuple[int, int] | None:
    """
    Return where *text* holds what can only be a credential: a private key's header, a long random text.
    """
    for reading in readings(text):
        if found := _find_secret(reading.text):
            return reading.place(*found)
    return None


def _find_secret(text: str) -> tuple[int, int] | None:
    if header := _PEM_BEGIN.search(text):
        return header.span()
    for run in _PLAIN_RUN.finditer(text):
        found = run.group()
        if _digits(found) >= len("123") and not found.isdecimal() and _is_long_for_its_alphabet(found):
            return run.span()
    for run in _RUN.finditer(text):
        found = run.group()
        mixed = found != found.lower() and found != found.upper()
        if len(found) >= SHORTEST_MIXED and mixed and _digits(found) >= len("123456"):
            return run.span()
    return None


def masked(text: str) -> str:
    """
    Return *text* with everything that may be a credential as asterisks. More is hidden than `find_secret` refuses.
    """
    return through(text, _masked)


def masked_runs(text: str) -> str:
    """
    Return *text* with long random texts as asterisks: for our own sentences, whose words must stay.
    """
    return through(text, _masked_runs)


def masked_lines(lines: Sequence[str]) -> list[str]:
    """
    Return the lines of a file, masked: private keys and the continuation lines of a credential's key as a whole.

    Works on the bare lines, because a file with a credential may not even be YAML.
    """
    result = []
    inside_pem = False
    hidden_below: int | None = None
    for written in lines:
        line = readings(written)[-1].text
        indent = len(line) - len(line.lstrip())
        if hidden_below is not None and line.strip() and indent <= hidden_below:
            hidden_below = None
        begins = _PEM_BEGIN.search(line) is not None
        whole = inside_pem or begins or hidden_below is not None
        result.append(_stars(written) if whole else masked(written))
        inside_pem = (inside_pem or begins) and _PEM_END.search(line) is None
        if hidden_below is None and (key := _KEY_LINE.match(line)):
            hidden_below = key.start(1)
    return result


def credential_lines(lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """
    Yield line, column and length (from 0) of what looks like a credential in the bare lines, comments included.
    """
    inside_pem = False
    for number, written in enumerate(lines):
        if not inside_pem and (found := find_secret(written)):
            yield number, found[0], found[1] - found[0]
        line = readings(written)[-1].text
        inside_pem = (inside_pem or _PEM_BEGIN.search(line) is not None) and _PEM_END.search(line) is None


def key_lines(lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """
    Yield line, column and length (from 0) of keys that name a credential: for a file that is not YAML.
    """
    for number, line in enumerate(lines):
        reading = readings(line)[-1]
        if key := _KEY_LINE.match(reading.text):
            start, end = reading.place(*key.span(1))
            yield number, start, end - start


def _masked(text: str) -> str:
    if assignment := _ASSIGNMENT.search(text):
        text = text[: assignment.end()] + _stars(text[assignment.end() :])
    text = _USER_INFO.sub(lambda found: "*" * len(found.group()), text)
    return _masked_runs(text)


def _masked_runs(text: str) -> str:
    return _RUN.sub(_mask_run, text)


def _is_long_for_its_alphabet(found: str) -> bool:
    """
    A hexadecimal text gives itself away sooner than one that may be a word.
    """
    is_hex = re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", found) is not None
    return len(found) >= (SHORTEST_HEX if is_hex else SHORTEST_PLAIN)


def _mask_run(run: re.Match[str]) -> str:
    """
    Hide a long run of random characters, and leave names and addresses that are made of words.
    """
    found = run.group()
    mixed = found != found.lower() and found != found.upper() and _digits(found) >= len("123456")
    hidden = len(found) >= SHORTEST_MASKED_MIX and mixed
    for part in re.findall(rf"[A-Za-z0-9]{{{SHORTEST_MASKED},}}", found):
        hidden |= _digits(part) >= len("1234") and not part.isdecimal()
    return "*" * len(found) if hidden else found


def _digits(text: str) -> int:
    return sum(character.isdecimal() for character in text)


def _stars(text: str) -> str:
    return re.sub(r"\S", "*", text)
