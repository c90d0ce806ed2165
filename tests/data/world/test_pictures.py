"""The pictures are drawn from a world and are not empty."""

from pathlib import Path

from originrisk.data.world.pictures import PICTURES, draw


def test_every_picture_is_drawn(tmp_path: Path) -> None:
    draw(tmp_path, lines=60_000)
    assert {path.name for path in tmp_path.iterdir()} == {f"world-{name}.png" for name in PICTURES}
    assert all(path.stat().st_size > 5_000 for path in tmp_path.iterdir())
