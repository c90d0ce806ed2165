"""Bodies that are wrong in every way that comes to mind, most of them near to right ones; most hold a mark.

    python benchmarks/service/fuzz.py EXAMPLE.json COUNT SEED

Prints a JSON list of COUNT bodies, made of the line in EXAMPLE.json; the same ones for the same seed.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

MARK = "MARK-9f4c1b"
"""Stands in the bodies, so that a log that repeats what was sent is found."""

ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    1e308,
    -1e308,
    5e-324,
    2**63,
    2**70,
    10**400,
    "",
    " ",
    "NaN",
    "1e5",
    "=1+1",
    "\x00",
    "\ufeff",
    "\u202egnp.exe",
    "İıſßﷺ" * 20,
    "é" * 3000,
    "中" * 9999,
    "x" * 20_000,
    "\ud800",
    "1" * 5000,
    "9999-99-99",
    "2021-02-30",
    [],
    {},
    [[[[]]]],
    {"a": {"b": {}}},
]


def _body(example: dict[str, Any], chance: random.Random) -> str:
    kind = chance.randrange(12)
    if kind == 0:
        deep = chance.choice((10, 100, 1000, 50_000))
        return f'{{"lines": {"[" * deep}"{MARK}"{"]" * chance.choice((deep, 0))}}}'
    line = {**example, "manufacturer_name": f"{MARK} TEXTILE", "description": f"{MARK} shirts"}
    for name in chance.sample(sorted(line), chance.randrange(0, 5)):
        line[name] = chance.choice(ODD) if chance.random() < 0.8 else chance.choice(list(line.values()))
    if kind == 1:
        line[chance.choice(("", MARK, "Htsus", "\x00", "__proto__"))] = 1
    content: Any = {"lines": [line] * chance.choice((1, 1, 1, 2, 5, 0))}
    if kind == 2:
        content = chance.choice([*ODD, content["lines"], {"lines": line}, {**content, "include": chance.choice(ODD)}])
    text = json.dumps(content, ensure_ascii=chance.random() < 0.5)
    if kind == 3:
        return text[: chance.randrange(len(text) + 1)]
    if kind == 4:
        place = chance.randrange(len(text) + 1)
        return (
            text[:place] + chance.choice(('"', "}", "NaN", "Infinity", "\x00", "\ud800", "\\u12", MARK)) + text[place:]
        )
    if kind == 5:
        return text.replace("21500", chance.choice(("NaN", "-Infinity", "1" * 400, "1e999", "0x10", "1_0", "١٢")))
    return text


if __name__ == "__main__":
    chance = random.Random(int(sys.argv[3]))
    line = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps([_body(line, chance) for _ in range(int(sys.argv[2]))]))
