"""
Target: whatever answers a DELETE is accepted, rejected or unknown, as the protocol's part 7 has it; and whatever
answers a read, with any status and headers, is read or one of our own errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.exchange import ask, ask_for, cancel, response
from fuzz.json_text import bend, plainly
from fuzz.lexicon import words_of
from fuzz.mutation import Mutator
from fuzz.served import SERVED, WORDS
from fuzz.target import Target
from fuzz.wording import is_showable
from tradewarden.errors import ApiError
from tradewarden.model.cancel import Answer, CancelAnswer, Refusal
from tradewarden.model.smart_trade import SmartTradeId, TradeId

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from fuzz.target import Behaviours

_STATUSES = (
    *(
        200,
        200,
        200,
        201,
        202,
        204,
        206,
        299,
        300,
        301,
        302,
        304,
        400,
        400,
        401,
        402,
        403,
        404,
        407,
        408,
        409,
        418,
        418,
    ),
    *(422, 429, 429, 429, 451, 499, 500, 502, 503, 504, 520, 599, 100, 101, 199, 999),
)
_HEADERS = words_of("headers")
_BODIES = (b"", *words_of("bodies"), b'{"error":"' + b"A" * 64 + b'"}')


def delete_answer(data: bytes) -> Behaviours:
    """
    Answer a DELETE with *data*: a line with the status, lines of headers, an empty line, the body.
    """
    status, headers, body = _message(data)
    answer = ask(
        lambda _: response(body, status=status, headers=headers),
        lambda client: cancel(client, SmartTradeId(101), TradeId(1012)),
    )
    assert is_showable(answer.reason or ""), repr(answer.reason)
    assert is_showable(answer.detail), repr(answer.detail)
    _judge(answer, status, body, is_encoded=any(name.lower() == b"content-encoding" for name, _ in headers))
    return frozenset({f"{status // 100}xx {answer.answer} {answer.refusal}", _read(status, headers, body)})


def _message(data: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    digits = first.strip()[:3]
    status = int(digits) if digits.isdigit() else 200
    headers = [(name.strip() or b"X", value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    return max(100, status), headers, body


def _judge(answer: CancelAnswer, status: int, body: bytes, *, is_encoded: bool) -> None:
    """
    Hold an answer against the bytes: what is unknown is never wrong, it costs two reads.
    """
    if answer.answer is Answer.UNKNOWN:
        assert answer.refusal is None
        return
    if answer.answer is Answer.ACCEPTED:
        assert 200 <= status <= 299, f"HTTP {status} is accepted"
        assert is_encoded or not body.strip() or _is_object(body, with_error=False), f"{body!r} is accepted"
        return
    assert answer.answer is Answer.REJECTED
    assert 400 <= status <= 499, f"HTTP {status} is rejected"
    assert status != 408, "what timed out there is rejected"
    if answer.refusal in {Refusal.PENALTY, Refusal.PLAN}:
        assert status == 429 or (status == 418 and answer.refusal is Refusal.PENALTY)
        return
    assert is_encoded or _is_object(body, with_error=True), f"{body!r} is no error object of theirs, and rejected"
    expected = {401: Refusal.ACCESS, 403: Refusal.FORBIDDEN}.get(status, Refusal.OTHER)
    assert answer.refusal is expected


def _is_object(body: bytes, *, with_error: bool) -> bool:
    try:
        found = plainly(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(found, dict):
        return False
    error = found.get("error")
    return isinstance(error, str) and bool(error) if with_error else "error" not in found


def _read(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> str:
    found = ask_for(lambda _: response(body, status=status, headers=headers), lambda client: client.list_open())
    if isinstance(found, ApiError):
        assert is_showable(str(found)), repr(str(found))
        return type(found).__name__
    assert 200 <= status <= 299, f"a page of HTTP {status} is read"
    return f"{len(found.smart_trades)} read"


def _build(chance: Random, _pool: Sequence[bytes]) -> bytes:
    status = chance.choice(_STATUSES) if chance.random() < 0.9 else chance.randint(100, 999)
    headers = [chance.choice(_HEADERS) for _ in range(chance.choice((0, 0, 1, 2, 4)))]
    body = chance.choice(_BODIES)
    if chance.random() < 0.3:
        body = bend(chance, plainly(SERVED[0].entity), 1).encode("utf-8", "replace")
    return b"\n".join([str(status).encode(), *headers, b"", body])


TARGET = Target(
    name="delete_answer",
    run=delete_answer,
    draw=Mutator(words=[*WORDS, *_HEADERS, *_BODIES], build=_build, built=0.5),
    seeds=lambda: [b"200\n\n" + SERVED[0].entity, b"204\n\n", b'400\n\n{"error":"Wrong param(s)"}'],
)
