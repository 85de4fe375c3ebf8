"""
Which decimals lie in a range, as a regular expression: JSON Schema knows ranges of numbers only, not of `90s` or `5%`.

The expressions are read alike by Python and by JavaScript, whose dialect JSON Schema names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


def decimals_up_to(high: Decimal) -> str:
    """
    Return the expression of the decimals from 0 to *high*, leading zeros allowed.
    """
    whole, fraction = _digits(high)
    smaller = [f"[0-9]{{1,{len(whole) - 1}}}"] if len(whole) > 1 else []
    smaller += [
        whole[:at] + _one_of(0, int(digit) - 1) + _any_digits(len(whole) - at - 1)
        for at, digit in enumerate(whole)
        if digit > "0"
    ]
    less = [fraction[:at] + _one_of(0, int(digit) - 1) + "[0-9]*" for at, digit in enumerate(fraction) if digit > "0"]
    begun = [fraction[:at] for at in range(1, len(fraction))]
    fractions = "|".join([*less, *begun, f"{fraction}0*" if fraction else "0+"])
    same = rf"{whole}(?:\.(?:{fractions}))?"
    return _either([rf"(?:{'|'.join(smaller)})(?:\.[0-9]+)?", same] if smaller else [same])


def decimals_from(low: Decimal) -> str:
    """
    Return the expression of the decimals that are *low* or more, leading zeros allowed.
    """
    whole, fraction = _digits(low)
    larger = [f"[1-9][0-9]{{{len(whole)},}}"]
    larger += [
        whole[:at] + _one_of(int(digit) + 1, 9) + _any_digits(len(whole) - at - 1)
        for at, digit in enumerate(whole)
        if digit < "9"
    ]
    more = [fraction[:at] + _one_of(int(digit) + 1, 9) + "[0-9]*" for at, digit in enumerate(fraction) if digit < "9"]
    fractions = "|".join([*more, f"{fraction}[0-9]*" if fraction else "[0-9]+"])
    same = rf"{whole}\.(?:{fractions})" if fraction else rf"{whole}(?:\.[0-9]+)?"
    return _either([rf"(?:{'|'.join(larger)})(?:\.[0-9]+)?", same])


def whole_numbers(low: int, high: int) -> str:
    """
    Return the expression of the numbers from *low* to *high*, below 100, with one digit or two.
    """
    parts = []
    for tens in range(low // 10, high // 10 + 1):
        ones = _one_of(max(low - 10 * tens, 0), min(high - 10 * tens, 9))
        parts.append(f"{tens or '0?'}{ones}")
    return f"(?:{'|'.join(parts)})"


def _digits(number: Decimal) -> tuple[str, str]:
    whole, _, fraction = format(number, "f").partition(".")
    return whole, fraction.rstrip("0")


def _either(choices: list[str]) -> str:
    return f"0*(?:{'|'.join(choices)})"


def _any_digits(count: int) -> str:
    return f"[0-9]{{{count}}}" if count else ""


def _one_of(first: int, last: int) -> str:
    return str(first) if first == last else f"[{first}-{last}]"
