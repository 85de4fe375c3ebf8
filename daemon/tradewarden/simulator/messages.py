"""
A request and a response as they cross the wire, free of any server or client.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.simulator.smart_trade import Json

JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}
TEXT_TYPE = {"Content-Type": "text/plain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    *target* is the raw path with its query, exactly as it was sent, from ``/public/api`` on.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """
        Return the target without its query and without a slash at its end.
        """
        return self.target.partition("?")[0].rstrip("/")

    @property
    def query(self) -> dict[str, str]:
        """
        Return the decoded query; of a parameter that is repeated, the last one.
        """
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def header(self, name: str) -> str | None:
        """
        Return a header by its name in any case.
        """
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """
    An answer. Whoever carries it waits *delay_s* first, and if it is *dropped*, closes the connection instead.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay_s: float = 0.0
    dropped: bool = False


def json_response(status: int, body: Json | list[Json]) -> Response:
    """
    Return *body* as JSON.
    """
    return Response(status=status, headers=JSON_TYPE, body=json.dumps(body).encode())


def error_response(status: int, error: str, description: str, attributes: Json | None = None) -> Response:
    """
    Return the API's error object.
    """
    body: Json = {"error": error, "error_description": description}
    if attributes is not None:
        body["error_attributes"] = attributes
    return json_response(status, body)


def text_response(status: int, text: str) -> Response:
    """
    Return plain text, as whatever stands in front of the API does.
    """
    return Response(status=status, headers=TEXT_TYPE, body=text.encode())


def dropped() -> Response:
    """
    Return the answer that never comes: the connection is closed.
    """
    return Response(status=0, dropped=True)
