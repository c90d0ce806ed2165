"""Making ready beside readers: the one before meanwhile, and told; the first awaited; failures told and tried again."""

import time
from threading import Event

import pytest

from originrisk.serve.queue.evidence import reading
from originrisk.serve.queue.evidence.reading import BackgroundCache, BeingPreparedError


class Source:
    """Something that changes, and whose making lasts as long as a test wants."""

    def __init__(self) -> None:
        self.version, self.made, self.going = 1, [0], Event()
        self.going.set()

    def make(self, version: int) -> str:
        self.made.append(version)
        assert self.going.wait(20)
        return f"made of {version}"


@pytest.fixture
def source() -> Source:
    return Source()


def over(source: Source, patience: float = 20) -> BackgroundCache[int, str]:
    return BackgroundCache(lambda: source.version, source.make, patience)


def test_it_is_made_once_and_again_when_its_basis_has_changed(source: Source) -> None:
    thing = over(source)
    assert thing.get() == thing.get() == ("made of 1", True)
    source.version = 2
    assert thing.get() == ("made of 2", True)
    assert source.made[1:] == [1, 2]


def test_while_the_next_is_made_readers_get_the_one_before_and_are_told(source: Source) -> None:
    thing = over(source, patience=0.05)
    while not _ready(thing):
        pass
    source.going.clear()
    source.version = 2
    start = time.monotonic()
    assert [thing.get() for _ in range(20)] == [("made of 1", False)] * 20
    assert time.monotonic() - start < 1  # the patience counts from the making's begin, not for each reader
    source.going.set()
    while thing.get() != ("made of 2", True):
        pass
    assert source.made[1:] == [1, 2]


def _ready(thing: BackgroundCache[int, str]) -> bool:
    try:
        return bool(thing.get())
    except BeingPreparedError:
        return False


def test_before_the_first_is_ready_readers_are_told_so(source: Source) -> None:
    source.going.clear()
    thing = over(source, patience=0.05)
    with pytest.raises(BeingPreparedError):
        thing.get()
    source.going.set()
    while not _ready(thing):
        pass


def test_what_goes_wrong_is_told_and_the_next_reader_tries_again(source: Source) -> None:
    thing = over(source)
    source.version = 0
    broken = BackgroundCache(lambda: source.version, lambda version: 1 // version, 20)
    with pytest.raises(ZeroDivisionError):
        broken.get()
    source.version = 1
    assert broken.get() == (1, True)
    assert thing.get() == ("made of 1", True)


def test_a_basis_that_changes_during_the_making_is_made_after_it(source: Source) -> None:
    thing = over(source, patience=0.05)
    source.going.clear()
    with pytest.raises(BeingPreparedError):
        thing.get()
    source.version = 2
    source.going.set()
    while not _ready(thing) or thing.get() != ("made of 2", True):
        pass


def test_watched_it_is_made_unasked(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "EVERY", 0.01)
    with over(source).watched():
        for version in (1, 2, 3):
            source.version = version
            while source.made[-1] != version:
                time.sleep(0.01)
    assert source.made == [0, 1, 2, 3]
