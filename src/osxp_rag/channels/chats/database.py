"""The SQLite file of the chats: opened when it is first needed, shared by threads, emptied for good.

What is deleted leaves no trace in the file: SQLite overwrites it (`secure_delete`), and the write-ahead log, which
still holds it, is emptied after each deletion.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from osxp_rag.errors import ChatsError

SCHEMA = 1  # raised when the tables change their layout
PATIENCE = 10.0  # seconds to wait for another process that writes
_TABLES = """
CREATE TABLE chats (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, named INTEGER NOT NULL DEFAULT 0, language TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL
);
CREATE TABLE turns (
    id TEXT PRIMARY KEY, chat TEXT NOT NULL REFERENCES chats ON DELETE CASCADE, number INTEGER NOT NULL,
    asked TEXT NOT NULL, language TEXT NOT NULL, question TEXT NOT NULL, filters TEXT NOT NULL,
    answer TEXT NOT NULL, contexts TEXT, UNIQUE (chat, number)
);
CREATE TABLE feedback (
    turn TEXT PRIMARY KEY REFERENCES turns ON DELETE CASCADE,
    value TEXT NOT NULL CHECK (value IN ('up', 'down')), reason TEXT NOT NULL
);
"""


class Database:
    """One connection that threads take turns on; other processes may use the same file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._sql: sqlite3.Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Give the connection, or None where nothing was kept yet: reading makes no file.

        Raises:
            ChatsError: the file cannot be used.
        """
        with self._lock, self._explained():
            yield self._open() if self._sql or self.path.is_file() else None

    @contextmanager
    def writing(self, *, wipe: bool = False) -> Iterator[sqlite3.Connection]:
        """Give the connection in a transaction of its own; `wipe` leaves nothing of what it deletes or replaces.

        Raises:
            ChatsError: the file cannot be used.
        """
        with self._lock, self._explained():
            sql = self._open()
            sql.execute("BEGIN IMMEDIATE")
            try:
                yield sql
            except BaseException:
                sql.rollback()
                raise
            sql.commit()
            if wipe:
                sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; it is opened again when it is needed again."""
        with self._lock:
            if self._sql:
                self._sql.close()
                self._sql = None

    def _open(self) -> sqlite3.Connection:
        if self._sql is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)  # what people asked is theirs alone; SQLite's other files take this one's mode
            self._sql = _connected(self.path)
        return self._sql

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise ChatsError(
                f"{self.path}: the kept chats cannot be used ({error}). Make room, mend or remove the file, name "
                "another folder with chats_dir, or set keep_chats to false."
            ) from error


def _connected(path: Path) -> sqlite3.Connection:
    sql = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        sql.execute("PRAGMA journal_mode = WAL")
        sql.execute("PRAGMA foreign_keys = ON")
        sql.execute("PRAGMA secure_delete = ON")
        _prepare(sql, path)
    except BaseException:
        sql.close()
        raise
    return sql


def _prepare(sql: sqlite3.Connection, path: Path) -> None:
    """Make the tables in a new file; refuse one of another layout.

    Raises:
        ChatsError: another version of osxp-rag made the file.
    """
    sql.execute("BEGIN IMMEDIATE")  # of two processes that open a new file at once, one makes the tables
    (found,) = sql.execute("PRAGMA user_version").fetchone()
    if found == 0:
        for statement in _TABLES.split(";"):
            sql.execute(statement)
        sql.execute(f"PRAGMA user_version = {SCHEMA}")
    sql.commit()
    if found not in (0, SCHEMA):
        raise ChatsError(
            f"{path}: schema {found}, made by another version of osxp-rag; this one reads {SCHEMA}. Name another "
            "folder with chats_dir, or use that version."
        )
