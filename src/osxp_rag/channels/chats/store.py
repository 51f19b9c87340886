"""The store of the chats: what was asked and answered, kept on this machine until somebody deletes it."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from osxp_rag.channels.chats.database import Database
from osxp_rag.channels.chats.records import Chat, Feedback, Listed, Turn, Value
from osxp_rag.channels.chats.titles import title_of
from osxp_rag.corpus.text import one_line, well_formed
from osxp_rag.errors import RequestError
from osxp_rag.settings import Settings

_LISTED = """
SELECT c.id, c.title, c.created, c.updated, count(t.id) FROM chats c LEFT JOIN turns t ON t.chat = c.id
{} GROUP BY c.id ORDER BY c.updated DESC, c.rowid DESC
"""
_TURNS = """
SELECT t.id, t.asked, t.language, t.question, t.filters, t.answer, t.contexts, f.value, f.reason
FROM turns t LEFT JOIN feedback f ON f.turn = t.id {} ORDER BY t.rowid
"""


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return an id that nobody can guess."""
    return uuid.uuid4().hex


def open_store(settings: Settings) -> ChatStore:
    """Return the store that the settings ask for; its file is made with the first turn that is kept."""
    return ChatStore(Database(settings.chats_path) if settings.keep_chats else None)


class ChatStore:
    """Keeps chats in a file, or nothing at all where it has none. Safe to use from several threads.

    Every method but `add_turn` raises `RequestError` (`not_kept`) where nothing is kept, and all raise `ChatsError`
    where the file cannot be used.
    """

    def __init__(
        self, database: Database | None, now: Callable[[], datetime] = utc_now, new_id: Callable[[], str] = new_id
    ) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self._database is not None

    def close(self) -> None:
        """Close the file."""
        if self._database:
            self._database.close()

    def add_turn(
        self,
        chat: str | None,
        question: str,
        filters: Mapping[str, str],
        answer: Mapping[str, Any],
        contexts: Mapping[str, Any] | None,
        language: str,
    ) -> tuple[str | None, str | None]:
        """Keep a question with its answer (JSON types); return the ids of its chat and turn, None where none are kept.

        Without a chat, or with one that has been deleted meanwhile, a new one begins.
        """
        if self._database is None:
            return None, None
        question, now = well_formed(question), self._now().isoformat(timespec="milliseconds")
        with self._database.writing() as sql:
            chat = self._begun(sql, chat, language, now)
            (number,) = sql.execute("SELECT coalesce(max(number), 0) + 1 FROM turns WHERE chat = ?", (chat,)).fetchone()
            if number == 1:
                sql.execute("UPDATE chats SET title = ? WHERE id = ? AND NOT named", (title_of(question), chat))
            turn = self._new_id()
            kept = (_json(filters), _json(answer), None if contexts is None else _json(contexts))
            values = (turn, chat, number, now, language, question, *kept)
            sql.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            sql.execute("UPDATE chats SET updated = ? WHERE id = ?", (now, chat))
        return chat, turn

    def chats(self) -> list[Listed]:
        """Return the chats, the one that was last added to first."""
        with self._reading() as sql:
            return [Listed(*row) for row in sql.execute(_LISTED.format(""))] if sql else []

    def chat(self, chat: str) -> Chat:
        """Return a chat with its turns.

        Raises:
            RequestError: `no_such_chat`.
        """
        with self._reading() as sql:
            row = _one(sql, "SELECT id, title, language, created FROM chats WHERE id = ?", chat)
            if sql is None or row is None:
                raise _no_chat()
            rows = sql.execute(_TURNS.format("WHERE t.chat = ?"), (chat,))
            return Chat(row[0], row[1], row[2], row[3], tuple(map(_turn, rows)))

    def turn(self, turn: str) -> Turn:
        """Return one turn.

        Raises:
            RequestError: `no_such_turn`.
        """
        with self._reading() as sql:
            row = _one(sql, _TURNS.format("WHERE t.id = ?"), turn)
        if row is None:
            raise _no_turn()
        return _turn(row)

    def rated(self) -> list[Turn]:
        """Return the turns that somebody has judged, oldest first."""
        with self._reading() as sql:
            rows = sql.execute(_TURNS.format("WHERE f.value IS NOT NULL")) if sql else ()
            return [_turn(row) for row in rows]

    def rename(self, chat: str, title: str) -> Listed:
        """Give a chat another title, on one line.

        Raises:
            RequestError: `no_such_chat`; `bad_request` for a title of blanks.
        """
        title = one_line(title)
        if not title:
            raise RequestError("bad_request", "title: write at least one character.")
        with self._changing() as sql:
            if not sql.execute("UPDATE chats SET title = ?, named = 1 WHERE id = ?", (title, chat)).rowcount:
                raise _no_chat()
            return Listed(*_one(sql, _LISTED.format("WHERE c.id = ?"), chat))

    def judge(self, turn: str, value: Value | None, reason: str = "") -> Feedback | None:
        """Keep what somebody thinks of an answer, in the place of what was kept before; None takes it back.

        Raises:
            RequestError: `no_such_turn`.
        """
        judged = Feedback(value, well_formed(reason).strip()) if value else None
        with self._changing() as sql:
            if _one(sql, "SELECT id FROM turns WHERE id = ?", turn) is None:
                raise _no_turn()
            sql.execute("DELETE FROM feedback WHERE turn = ?", (turn,))
            if judged:
                sql.execute("INSERT INTO feedback VALUES (?, ?, ?)", (turn, judged.value, judged.reason))
        return judged

    def remove_turns(self, chat: str, turn: str) -> int:
        """Delete a turn and all after it, so that its question can be asked again; return how many.

        Raises:
            RequestError: `no_such_turn`.
        """
        with self._changing() as sql:
            row = sql.execute("SELECT number FROM turns WHERE id = ? AND chat = ?", (turn, chat)).fetchone()
            if row is None:
                raise _no_turn()
            return sql.execute("DELETE FROM turns WHERE chat = ? AND number >= ?", (chat, row[0])).rowcount

    def remove(self, chat: str) -> int:
        """Delete a chat with all that belongs to it; return 1.

        Raises:
            RequestError: `no_such_chat`.
        """
        with self._changing() as sql:
            if not sql.execute("DELETE FROM chats WHERE id = ?", (chat,)).rowcount:
                raise _no_chat()
        return 1

    def remove_all(self) -> int:
        """Delete every chat; return how many there were."""
        with self._reading() as found:
            if found is None:
                return 0
            with self._changing() as sql:
                return sql.execute("DELETE FROM chats").rowcount

    def _begun(self, sql: sqlite3.Connection, chat: str | None, language: str, now: str) -> str:
        if chat is not None and _one(sql, "SELECT id FROM chats WHERE id = ?", chat):
            return chat
        made = self._new_id()
        sql.execute("INSERT INTO chats VALUES (?, '', 0, ?, ?, ?)", (made, language, now, now))
        return made

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        with self._kept().reading() as sql:
            yield sql

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._kept().writing(wipe=True) as sql:
            yield sql

    def _kept(self) -> Database:
        if self._database is None:
            raise RequestError("not_kept", "No chats are kept: keep_chats is false.")
        return self._database


def _one(sql: sqlite3.Connection | None, statement: str, value: str) -> Any:
    return sql.execute(statement, (value,)).fetchone() if sql else None


def _turn(row: tuple[Any, ...]) -> Turn:
    feedback = Feedback(row[7], row[8]) if row[7] else None
    contexts = None if row[6] is None else json.loads(row[6])
    return Turn(row[0], row[1], row[2], row[3], json.loads(row[4]), json.loads(row[5]), contexts, feedback)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _no_chat() -> RequestError:
    return RequestError("no_such_chat", "There is no such chat; it may have been deleted.")


def _no_turn() -> RequestError:
    return RequestError("no_such_turn", "There is no such question; it may have been deleted.")
