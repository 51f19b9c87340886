"""Look into a generation, or have an earlier one serve again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from osxp_rag.errors import IndexMismatchError, IndexMissingError, IndexStateError
from osxp_rag.index.manifest import identity_of, read_manifest
from osxp_rag.index.store import Store
from osxp_rag.index.verify import verify_generation
from osxp_rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Verified:
    """A generation that was looked into, and what is wrong with it, a line each."""

    generation: str
    problems: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The generation that serves now, and the one that served before; None where that was not to be told."""

    generation: str
    before: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)


def verify_index(settings: Settings, generation: str | None = None) -> Verified:
    """Check all of a generation, by default of the one that serves; the index is not changed.

    Raises:
        IndexMissingError: there is none.
        IndexStateError: there is none of this id.
    """
    store = Store(settings.index_dir)
    chosen = generation or store.current()
    if chosen is None:
        raise IndexMissingError(f"{settings.index_dir}: no index yet. Run: osxp-rag index")
    if not store.known(chosen):
        raise _unknown(store, chosen)
    return Verified(chosen, tuple(verify_generation(store.folder(chosen))))


def roll_back(settings: Settings, generation: str | None = None) -> RolledBack:
    """Have a generation serve again that is still kept, by default the one before the one that serves.

    It is checked first. The documents are not touched: the next update follows them again.

    Raises:
        IndexMismatchError: it was built with other settings than the ones in force.
        IndexStateError: there is no such generation, it is damaged, or another process is writing.
    """
    store = Store(settings.index_dir)
    if not store.finished():
        raise IndexMissingError(f"{settings.index_dir}: no index yet. Run: osxp-rag index")
    with store.writing():
        before = store.serving()
        chosen = generation or _previous(store, before)
        if chosen not in store.finished():
            raise _unknown(store, chosen)
        if differences := read_manifest(store.folder(chosen)).identity.differences(identity_of(settings)):
            raise IndexMismatchError(
                f"{chosen} was built with other settings ({'; '.join(differences)}; there → now), and is not taken."
            )
        if wrong := verify_generation(store.folder(chosen)):
            raise IndexStateError(f"{store.folder(chosen)} is damaged, and not taken: {'; '.join(wrong[:3])}")
        store.publish(chosen)
    return RolledBack(chosen, before)


def _previous(store: Store, serving: str | None) -> str:
    earlier = [name for name in store.finished() if serving is None or name < serving]
    if not earlier:
        raise IndexStateError(f"{store.index}: no generation before {serving} is kept. Run: osxp-rag index --full")
    return earlier[-1]


def _unknown(store: Store, generation: str) -> IndexStateError:
    kept = ", ".join(store.finished()) or "none"
    return IndexStateError(f"{store.index}: no generation {generation!r}; kept are: {kept}.")
