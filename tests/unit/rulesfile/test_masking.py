"""
Credentials are found and never shown.
"""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.rulesfile.loader import parse_rules
from tradewarden.rulesfile.masking import find_secret, is_credential_key, key_lines, masked, masked_lines
from tradewarden.rulesfile.shape import FileShape

KEY = "3f2a9b8c7d6e5f4a" * 4
MIXED = "aB3-dE5_gH7" * 6


@pytest.mark.parametrize(
    "key",
    ["api_key", "apikey", "API-KEY", "secret", "api_secret", "token", "password", "passwd", "rsa_key", "private_key"],
)
def test_keys_that_name_a_credential(key: str) -> None:
    assert is_credential_key(key)


def test_no_key_of_ours_names_a_credential() -> None:
    schema = FileShape.model_json_schema()
    keys = {key for part in [schema, *schema["$defs"].values()] for key in part.get("properties", {})}

    assert not [key for key in keys if is_credential_key(key)]


@pytest.mark.parametrize(
    "text",
    [KEY, KEY.upper(), f"x {KEY} y", "Ab1" * 16, MIXED, "-----BEGIN RSA PRIVATE KEY-----", "0123456789abcdef" * 2],
)
def test_texts_that_can_only_be_a_credential(text: str) -> None:
    assert find_secret(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "far-target-off-on-a-red-day",
        "USDT_BTCUSDT_UMCBL",
        "1" * 64,
        "a" * 64,
        "https://docs.example.com/2024/01/02/a-very-long-address-of-a-page-about-take-profit-steps",
        "===================================================================",
        "day_change < -5% and profit > 3% and step.distance > 50%",
    ],
)
def test_texts_that_are_none(text: str) -> None:
    assert find_secret(text) is None
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("api_key: hunter2", "api_key: *******"),
        ("{secret: a, keep: 1}", "{secret: ** ***** **"),
        ("https://bob:pw@host/", "https://******@host/"),
        ("https://a@b@host/", "https://***@host/"),
        (f"x {KEY} y", f"x {'*' * 64} y"),
    ],
)
def test_masking_keeps_every_character_s_place(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_continuation_lines_of_a_credential_are_hidden() -> None:
    lines = [
        "- token: |",
        "    abc",
        "",
        "    def",
        "  name: a",
        "-----BEGIN X-----",
        "abc",
        "-----END X-----",
        "name: a",
    ]

    assert masked_lines(lines) == [
        "- token: *",
        "    ***",
        "",
        "    ***",
        "  name: a",
        "**********" + " " + "******",
        "***",
        "********" + " " + "******",
        "name: a",
    ]


_SECRETS = st.text(string.hexdigits.lower(), min_size=64, max_size=64).filter(
    lambda text: find_secret(text) is not None
)
_FILES = (
    "version: 1\napi_key: {secret}\nrules: []\n",
    'version: 1\n"api\\u005fkey": {secret}\nrules: [{secret}]\n',
    "version: 1\nrules:\n  - name: {secret}\n    when: x {secret} y\n    cancel: {secret}\n",
    "version: 1\nrules: [] # {secret}\n{secret}: 1\nmode: {secret}\n",
    "version: 1\ntimezone: {secret}\napi: {{url: 'https://{secret}@x', timeout: {secret}, accounts: [{secret}]}}\n",
    "version: {secret}\nschedule: {{cron: '{secret} * * * *', every: {secret}}}\nrules: {secret}\n",
    "a: *{secret}\nb: &{secret} x\nc: !{secret} y\n",
    "a: @{secret}\n",
    "a: 1: {secret}\n",
    "when: > {secret}\n",
    '"when": "{secret}" x\n',
    "version: 1\n{secret}: 1\n{secret}: 2\n",
    "version: 1\nrules:\n  - name: a\n    cancel: nearest\n    when: |\n      {secret}\n      < 3\n",
    "version: 1\nrules:\n  - match: {{pair: [{secret}], id: {secret}, side: {secret}}}\n",
)


@given(st.sampled_from(_FILES), _SECRETS)
def test_a_credential_is_refused_and_shown_nowhere(file: str, secret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rules(file.format(secret=secret).encode(), name="rules.yaml", vocabulary=VOCABULARY)

    shown = str(caught.value)
    assert "credentials never belong in this file" in shown
    assert secret[:12] not in shown
    assert secret[-12:] not in shown


@pytest.mark.parametrize(
    "file",
    [
        "api_secret: |\n  open\n  sesame\nmode: x\n",
        "api: {secret: open sesame, url: http://x.io}\n",
        "'api_secret': 'open\n  sesame'\nmode: x\n",
        '"api\\u005fsecret": "open sesame"\nmode: x\n',
        "rsa_key:\n  - open\n  - sesame\n",
        "token: open\ntoken: sesame\n",
        "api_secret: open: sesame\n",
        "? token\n: open sesame\n",
    ],
)
def test_a_short_credential_is_hidden_by_the_name_of_its_key(file: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rules(file.encode(), name="rules.yaml", vocabulary=VOCABULARY)

    shown = str(caught.value)
    assert "credentials never belong in this file" in shown
    assert "open" not in shown.replace("opened", "")
    assert "sesame" not in shown


@pytest.mark.parametrize("unseen", ["\u200b", "\ufffd", "\xad", "\u0301", "\ufe0f", "\u2060", "\u2028"])
def test_what_nobody_sees_hides_no_credential(unseen: str) -> None:
    parted = unseen.join(KEY[at : at + 8] for at in range(0, len(KEY), 8))

    assert find_secret(f"x {parted} y") == (2, 2 + len(parted))
    assert masked(f"x {parted} y") == "x " + unseen.join(["*" * 8] * 8) + " y"
    assert masked(f"api{unseen}_key: hunter2") == f"api{unseen}_key: *******"
    assert is_credential_key(f"api{unseen}_key")
    assert list(key_lines([f"  a{unseen}pi_key: x"])) == [(0, 2, 8)]


def test_a_credential_s_key_in_capitals_hides_the_next_line() -> None:
    assert masked_lines(["API_SECRET:", "  hunter2"]) == ["API_SECRET:", "  *******"]


PARTED_FILES = (
    'version: 1\nmode: "{}"\nrules: []\n',
    'version: 1\nrules: [] # "{}"\n',
    'version: 1\n"{}": 1\n"{}": 2\n',
    'when: "{}" x\n',
    'a: b: "{}"\n',
)


@pytest.mark.parametrize("file", PARTED_FILES)
@pytest.mark.parametrize("escape", [r"\x01", r"\0", "\\u200b", "\\u2028", "\\U000E0001", r"\a", r"\L", "\\uFFFD"])
def test_a_written_escape_hides_no_credential(file: str, escape: str) -> None:
    parted = escape.join(KEY[at : at + 8] for at in range(0, len(KEY), 8))
    with pytest.raises(ConfigError) as caught:
        parse_rules(file.replace("{}", parted).encode(), name="rules.yaml", vocabulary=VOCABULARY)

    assert "credentials never belong in this file" in str(caught.value)
    assert KEY[:8] not in str(caught.value)
    assert KEY[8:16] not in str(caught.value)


@pytest.mark.parametrize("file", PARTED_FILES)
def test_a_credential_written_in_escapes_alone_is_one(file: str) -> None:
    written = "".join(f"\\x{ord(character):02x}" for character in KEY)
    with pytest.raises(ConfigError) as caught:
        parse_rules(file.replace("{}", written).encode(), name="rules.yaml", vocabulary=VOCABULARY)

    assert "credentials never belong in this file" in str(caught.value)
    assert written[:16] not in str(caught.value)
    assert KEY[:8] not in str(caught.value)


@pytest.mark.parametrize("file", ["version: 1\nmode: {}\nrules: []\n", "version: 1\n? {}\n: 1\nrules: []\n"])
def test_a_credential_that_goes_on_in_the_next_line_is_one(file: str) -> None:
    written = '"' + "\\\n  ".join(KEY[at : at + 16] for at in range(0, len(KEY), 16)) + '"'
    with pytest.raises(ConfigError) as caught:
        parse_rules(file.replace("{}", written).encode(), name="rules.yaml", vocabulary=VOCABULARY)

    assert "rules.yaml:2:" in str(caught.value)
    assert "credentials never belong in this file" in str(caught.value)
    assert KEY[:16] not in str(caught.value)


def test_a_key_whose_name_is_written_in_escapes_is_masked_in_a_file_that_is_not_yaml() -> None:
    lines = [r'"api\x5fsecret": |', "  open sesame", "a: b: c"]

    assert masked_lines(lines) == [r'"api\x5fsecret": *', "  **** ******", "a: b: c"]
    assert list(key_lines(lines)) == [(0, 0, 15)]


@pytest.mark.parametrize("text", [r"C:\x41\new\table", "first\\nsecond\\nthird 123", r"\x", r"\uD80", r"\UFFFFFFFF"])
def test_a_backslash_alone_is_no_credential(text: str) -> None:
    assert find_secret(text) is None
    assert masked(text) == text
