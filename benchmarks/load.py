"""Load on a server from a process of its own: `python -m benchmarks.load PORT TOKEN METHOD PATH CLIENTS SECONDS`.

Prints JSON: requests a second, median, p95 and p99 in milliseconds, and answers that were not 200. A token with '=' is
the cookies of somebody signed in.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time


def main(port: int, token: str, method: str, path: str, clients: int, seconds: float) -> dict[str, float]:
    """Each client asks again as soon as it is answered, on one line that stays open; at least once."""
    times: list[float] = []
    wrong: list[int] = []
    begin = time.perf_counter() + 0.3
    threads = [
        threading.Thread(target=_client, args=(port, token, method, path, begin, begin + seconds, times, wrong))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(times)
    if not ordered:
        return {"rate": 0, "p50": 0, "p95": 0, "p99": 0, "wrong": len(wrong)}

    def at(part: float) -> float:
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000

    return {"rate": len(ordered) / seconds, "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "wrong": len(wrong)}


def _client(
    port: int, token: str, method: str, path: str, begin: float, end: float, times: list[float], wrong: list[int]
) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    who = {"Cookie": token} if "=" in token else {"Authorization": f"Bearer {token}"}
    headers = {**who, "Content-Type": "application/json", "Accept-Encoding": "gzip"}
    body = b'{"title": "From the benchmark"}' if method == "POST" else None
    counted = False
    while not counted or time.perf_counter() < end:  # a page that is slower than the whole time is measured once
        started = time.perf_counter()
        try:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            line.close()
            status = 0
        if started >= begin:
            counted = True
            if status == 200:
                times.append(time.perf_counter() - started)
            else:
                wrong.append(status)


if __name__ == "__main__":
    port, token, method, path, clients, seconds = sys.argv[1:]
    print(json.dumps(main(int(port), token, method, path, int(clients), float(seconds))))
