"""Compiles all inner loops once, so that nobody waits for it later: `python -m headway.engine._compiled`."""

from __future__ import annotations

import importlib
import importlib.util

_MODULES = ("levelling", "cpm", "simulation")  # first what waits for it most


def main() -> None:
    """Compile what is not kept yet; nothing where numba is not installed."""
    if importlib.util.find_spec("numba") is None:
        return
    for name in _MODULES:
        importlib.import_module(f"headway.engine._compiled.{name}").warm()


if __name__ == "__main__":
    main()
