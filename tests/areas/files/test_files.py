"""Files: bytes first, row after, seen only by whoever brought them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from headway.areas.files import commands, queries, store
from headway.kernel.context import Context
from headway.kernel.errors import Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def test_bytes_are_kept_by_their_hash_and_readable_by_the_owner_alone(house: House) -> None:
    stored = store.put([b"hello ", b"world"], limit=100)
    row = commands.keep(house("member"), name="a/b.txt", media_type="text/plain", sha256=stored.sha256, size=11)
    assert (row.name, queries.held_bytes(row.id)) == ("b.txt", b"hello world")
    assert queries.held_path(row.id).stat().st_mode & 0o777 == 0o600
    assert queries.show(house("member"), file=row.token).sha256 == stored.sha256
    with pytest.raises(NotFound):
        queries.show(house("manager"), file=row.token)


def test_a_file_over_the_limit_leaves_nothing(house: House) -> None:
    before = set(store.folder().rglob("*"))
    with pytest.raises(Invalid, match="larger"):
        store.put([b"x" * 11], limit=10)
    assert set(store.folder().rglob("*")) == before


def test_damage_is_found(house: House) -> None:
    stored = store.put([b"true"], limit=10)
    place: Path = store.place_of(stored.sha256)
    place.write_bytes(b"false")
    with pytest.raises(Invalid, match="damaged"):
        store.read(stored.sha256)
    place.unlink()
