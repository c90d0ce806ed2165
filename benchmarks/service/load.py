"""Load for one server over plain sockets: what it answers, how fast, how rightly. Standard library only.

    python benchmarks/service/load.py PLAN.json

PLAN: port, requests (path, headers, body), seconds or count, connections, rate per second (0: as fast as answers come),
and for lines `right`: by "model|history" the probability of each entry. Prints one JSON object.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any


class Load:
    """Connections that send requests in turn."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.raw = [_raw(*request) for request in plan["requests"]]
        self.took: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.versions: Counter[str] = Counter()
        self.lost = self.wrong = self.next = 0
        self.began = time.perf_counter()
        self.end = self.began + plan.get("seconds", 1e9)

    async def run(self) -> dict[str, Any]:
        """Send until the time or the count is over."""
        await asyncio.gather(*(self._connection(number) for number in range(self.plan["connections"])))
        seconds, took = time.perf_counter() - self.began, sorted(self.took)
        at = lambda share: 1000 * took[min(len(took) - 1, int(share * len(took)))] if took else None  # noqa: E731
        return {
            "requests": len(took),
            "per_second": round(len(took) / seconds, 1),
            "p50_ms": at(0.5),
            "p99_ms": at(0.99),
            "max_ms": at(1),
            "statuses": self.statuses,
            "versions": self.versions,
            "lost": self.lost,
            "wrong": self.wrong,
        }

    def _more(self) -> bool:
        return time.perf_counter() < self.end and self.next < self.plan.get("count", 1 << 60)

    async def _connection(self, number: int) -> None:
        rate = self.plan.get("rate", 0)
        every = self.plan["connections"] / rate if rate else 0.0
        due = time.perf_counter() + every * number / self.plan["connections"]
        streams: Any = None
        while self._more():
            if every:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                due = max(due + every, time.perf_counter() - 1)
            raw, self.next = self.raw[self.next % len(self.raw)], self.next + 1
            start = time.perf_counter()
            try:
                streams = streams or await asyncio.open_connection("127.0.0.1", self.plan["port"])
                streams[1].write(raw)
                status, body, closing = await _answer(streams[0])
            except (OSError, EOFError, ValueError):
                self.lost, streams = self.lost + 1, None
                await asyncio.sleep(0.05)
                continue
            self.took.append(time.perf_counter() - start)
            self.statuses[status] += 1
            self._check(status, body)
            if closing:
                streams[1].close()
                streams = None

    def _check(self, status: str, body: bytes) -> None:
        right = self.plan.get("right")
        if right is None or status != "200":
            return
        answer = json.loads(body)
        version = f"{answer['model_version']}|{answer['history_version']}"
        self.versions[version] += 1
        wanted = right.get(version, {})
        self.wrong += any(line["probability"] != wanted.get(line["entry_number"]) for line in answer["lines"])


def _raw(path: str, headers: dict[str, str], body: str) -> bytes:
    content = body.encode("utf-8", "surrogatepass")
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, *(f"{k}: {v}" for k, v in headers.items()), "", ""]).encode() + content


async def _answer(reader: asyncio.StreamReader) -> tuple[str, bytes, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
    body = await reader.readexactly(int(headers["content-length"]))
    return head[0].split()[1], body, headers.get("connection") == "close"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Load(json.loads(Path(sys.argv[1]).read_text())).run())))
