"""Out of room at any point, a build leaves the old generation serving, and says how much is needed and is free."""

import subprocess

import pytest

from osxp_rag.errors import IndexStateError
from osxp_rag.index.durable import check_space, free_space
from osxp_rag.index.store import Store
from osxp_rag.index.verify import verify_generation
from osxp_rag.settings import Settings
from tests.builders import builders
from tests.test_index import CALYPSO, FILES, generations, settings_of, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MEGABYTES = 32  # of the small disk
LEFT = (0, 4_096, 16_384)  # bytes left on it while a build goes on: it stops at another file each time
LIMITS = (0, 64, 4_096, 16_384, 65_536, 150_000, 200_000)  # bytes that no file of a build may exceed, likewise


@pytest.fixture(scope="module")
def started():
    with builders() as made:
        yield made


@pytest.fixture
def full(tmp_path):
    """How a build runs out of room: on a small disk that fills up where one may be made here, else by a limit."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    settings = Settings(corpus=settings_of(tmp_path, FILES).corpus, index=disk / "index")
    filler = disk / "filler"
    orders = [{"filler": str(filler), "leave": left} for left in LEFT] if mounted else [{"limit": n} for n in LIMITS]
    yield settings, orders, filler
    if mounted:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def assert_still_serves(settings, generation):
    assert Store(settings.index).current() == generation
    assert generations(settings) == [generation]
    assert verify_generation(Store(settings.index).folder(generation)) == []


def assert_says_so(error, generation):
    assert error.startswith("IndexStateError: ")
    assert "no room left for the new generation" in error
    assert "MB are needed" in error
    assert "MB are free" in error
    assert f"{generation} still serves" in error


def test_a_disk_that_fills_up_while_a_build_goes_on_leaves_the_old_generation_serving(full, started):
    settings, orders, filler = full
    generation = started.build(settings)["generation"]
    write(settings, {"dinner.md": CALYPSO})
    for order in orders:
        done = started.build(settings, **order)
        filler.unlink(missing_ok=True)

        assert_says_so(done["error"], generation)
        assert_still_serves(settings, generation)
    assert started.build(settings)["generation"] > generation


def test_a_limit_on_the_size_of_files_leaves_the_old_generation_serving(tmp_path, started):
    settings = settings_of(tmp_path, FILES)
    generation = started.build(settings)["generation"]
    write(settings, {"dinner.md": CALYPSO})
    for limit in LIMITS:
        assert_says_so(started.build(settings, limit=limit)["error"], generation)
        assert_still_serves(settings, generation)

    assert started.build(settings)["generation"] > generation


def test_a_first_build_without_room_leaves_no_index_and_the_next_one_works(tmp_path, started):
    settings = settings_of(tmp_path, FILES)
    assert "there is still no index" in started.build(settings, limit=65_536)["error"]

    assert generations(settings) == []
    assert started.build(settings)["error"] is None


def test_room_is_looked_for_before_anything_is_written(tmp_path):
    folder = tmp_path / "not" / "there" / "yet"
    wanted = free_space(folder) + 10**12
    with pytest.raises(
        IndexStateError, match=rf"yet: not enough room .*: {wanted / 1e6:.1f} MB are needed, .* are free"
    ):
        check_space(folder, wanted)

    check_space(folder, 1)
    assert not folder.exists()
