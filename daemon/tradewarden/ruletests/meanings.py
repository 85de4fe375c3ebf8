"""
What each key of a test file is for, in a sentence: editors show it.
"""

from __future__ import annotations

OF_FILE = {
    "rules": "The rules file that is tested. Paths are relative to this file.",
    "tests": "The tests, each by itself: nothing is left over from one to the next.",
}
OF_TEST = {
    "name": "The test's own name, of 1 to 200 characters: reports and `--run` know it by it.",
    "description": "What the test is for, in your words, of up to 2000 characters.",
    "smart_trade": "The JSON file of the one SmartTrade that is played, as the API of 3Commas gives it.",
    "smart_trades": "The JSON files of several SmartTrades that are played together. Each expectation then names one.",
    "trades": "The JSON file of the list of trades as the API gives it; of several SmartTrades one for each, by its "
    "id. Without it the list is derived from the SmartTrade.",
    "set": "What is different from the file for the whole test: facts with their values. Another market's are written "
    'as in a rule: market("USDT_BTC").last.',
    "series": "What changes from reading to reading: facts with a value for each reading in a list, or one for all. "
    "`-6% x 3` stands for three times -6%.",
    "start": "When the first reading is: 2026-01-02T20:00, in the time zone of the rules file if it names none. "
    "Without it, when the SmartTrade was last changed.",
    "mode": "Whether steps are cancelled in the test, or only would be. Accepts dry-run or live; default live.",
    "enable": "Rules that are switched off in the rules file and on in this test: a name or a list.",
    "only": "The rules that are asked in this test, and no others: a name or a list.",
    "expect": "Everything that must happen: nothing else may. [] says that nothing happens.",
}
OF_SECTION = {
    "every": "The time from reading to reading. Without it, as the `schedule` of the rules file says.",
    "steps": "Facts of single take-profit steps, by their position: {2: {price: 0.5}}.",
    "of": "Facts of one of several SmartTrades, by its id: they outweigh those of all.",
}
OF_EXPECTATION = {
    "at": "When it happens, since the first reading: 0s, 3m.",
    "rule": "Which rule does it.",
    "smart_trade": "Which SmartTrade is meant, by its id, if the test has several.",
    "cancels": "It cancels this step (in a dry run: would cancel it).",
    "denied": "This safety check says no.",
    "deferred": "It is put off, for this reason.",
    "holds": "Its condition is true, has been for so long, and `for` asks for longer.",
    "holding": "Its condition is true, and `for` asks for longer: however long it has been. It takes no value.",
}
OF_STEP = {
    "position": "The step's position, counted from 1.",
    "price": "The step's price.",
    "id": "The step's id: that of its trade.",
}
