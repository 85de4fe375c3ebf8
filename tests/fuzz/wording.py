"""
Our own sentences as the fuzzer looks at them: fit for a terminal, and told apart without what they quote.
"""

from __future__ import annotations

import re
import unicodedata

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.scanner import KEYWORDS

_QUOTED = re.compile(r"`[^`]*`?|\"[^\"]*\"?|\ba [a-z].* (?=cannot stand|is not part|, not the character)")
_OWN_WORD = re.compile(r"[a-z]+[,:;]?")
_MAY_BE_QUOTED = {*VOCABULARY, *KEYWORDS}
_WORDS = 6  # enough to tell sentences apart, and few enough that what they quote brings no new ones


def shape_of(sentence: str) -> str:
    """
    Return the beginning of a sentence without what it quotes.
    """
    words = [word for word in _QUOTED.sub("", sentence).split() if _OWN_WORD.fullmatch(word)]
    return " ".join([word for word in words if word.strip(",:;") not in _MAY_BE_QUOTED][:_WORDS])


def is_showable(line: str) -> bool:
    """
    Tell whether nothing in *line* is a line break, a control character, or a mark that nobody sees.
    """
    categories = {unicodedata.category(letter) for letter in line}
    return not any(category in {"Zl", "Zp"} or category[0] == "C" for category in categories)
