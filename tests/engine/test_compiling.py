"""Compiled code that is loaded late: who asks, waits no longer than wanted, and whether it is still being made."""

from __future__ import annotations

import atexit
import sys
import threading
from types import ModuleType

import pytest

from headway.engine import compiling
from headway.engine.compiling import LateCode, is_compiling


def test_code_is_being_made_until_it_is_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on = threading.Event()
    module = ModuleType("slow_code")
    module.warm = may_go_on.wait  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "slow_code", module)
    monkeypatch.setattr(atexit, "register", lambda act: act)
    monkeypatch.setattr(compiling, "_threads", [])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    late = LateCode("slow_code")
    assert not is_compiling()
    assert late.code(0) is None
    assert is_compiling()
    may_go_on.set()
    assert late.code(None) is module
    assert not is_compiling()
