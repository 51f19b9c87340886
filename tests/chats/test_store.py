"""Kept chats: what is stored comes back whole, and what is deleted is gone."""

import sqlite3
import threading

import pytest

from osxp_rag.channels.chats import ChatStore, open_store
from osxp_rag.channels.chats.database import Database
from osxp_rag.errors import ChatsError, RequestError
from osxp_rag.settings import Settings
from tests.chats.conftest import ENGLISH, FRENCH, RECIPE, ask, client_of

# Stored


def test_a_turn_comes_back_whole(store, answers, client):
    chat, turn = ask(store, answers, filters={"track": "cloud"})
    found = client.get(f"/api/chats/{chat}").json()

    assert (found["id"], found["title"], found["created"]) == (chat, ENGLISH, "2025-12-10T09:00:00.000+00:00")
    assert found["turns"] == [
        {
            "id": turn,
            "asked": "2025-12-10T09:00:00.000+00:00",
            "language": "en",
            "question": ENGLISH,
            "filters": {"track": "cloud"},
            "answer": answers[ENGLISH],
            "contexts": {"1": {"before": "b", "quote": "q", "after": "a"}},
            "feedback": None,
        }
    ]


def test_chats_outlive_the_process(store, answers, tmp_path):
    chat, _ = ask(store, answers)
    store.close()

    assert ChatStore(Database(tmp_path / "kept" / "chats.db")).chat(chat).turns[0].answer == answers[ENGLISH]


def test_the_chat_that_was_last_added_to_comes_first(store, answers, client):
    first, _ = ask(store, answers)
    second, _ = ask(store, answers, FRENCH)
    assert [one["id"] for one in client.get("/api/chats").json()] == [second, first]

    ask(store, answers, RECIPE, chat=first)
    assert [(one["id"], one["turns"]) for one in client.get("/api/chats").json()] == [(first, 2), (second, 1)]


def test_a_question_after_its_chat_was_deleted_begins_a_new_one(store, answers):
    gone, _ = ask(store, answers)
    store.remove(gone)
    chat, turn = ask(store, answers, FRENCH, chat=gone)

    assert chat != gone
    assert [one.id for one in store.chat(chat).turns] == [turn]


def test_a_name_that_somebody_gave_stays(store, answers, client):
    chat, turn = ask(store, answers)
    renamed = client.patch(f"/api/chats/{chat}", json={"title": "  Mail\nservers "}).json()
    assert renamed["title"] == "Mail servers"

    client.delete(f"/api/chats/{chat}/turns/{turn}")
    ask(store, answers, FRENCH, chat=chat)
    assert store.chat(chat).title == "Mail servers"


def test_a_chat_whose_first_question_is_asked_again_is_named_after_the_new_one(store, answers, client):
    chat, turn = ask(store, answers)
    ask(store, answers, RECIPE, chat=chat)

    assert client.delete(f"/api/chats/{chat}/turns/{turn}").json() == {"removed": 2}
    ask(store, answers, FRENCH, chat=chat)
    assert (store.chat(chat).title, len(store.chat(chat).turns)) == (FRENCH, 1)


@pytest.mark.parametrize("title", ["", "  \n ", "x" * 201, None])
def test_a_title_of_nothing_or_too_much_is_refused(store, answers, client, title):
    chat, _ = ask(store, answers)
    refused = client.patch(f"/api/chats/{chat}", json={"title": title})

    assert (refused.status_code, refused.json()["code"]) == (422, "bad_request")
    assert store.chat(chat).title == ENGLISH


def test_many_threads_may_write_at_once(store, answers):
    chat, _ = ask(store, answers)
    threads = [threading.Thread(target=ask, args=(store, answers, FRENCH, chat)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(store.chat(chat).turns) == 17


def test_two_stores_on_one_file_see_each_other(store, answers, tmp_path):
    other = ChatStore(Database(tmp_path / "kept" / "chats.db"))
    chat, _ = ask(store, answers)
    ask(other, answers, FRENCH, chat=chat)

    assert [turn.question for turn in store.chat(chat).turns] == [ENGLISH, FRENCH]
    other.close()


def test_half_a_surrogate_pair_does_not_stop_a_question_from_being_kept(store, answers):
    chat, _ = store.add_turn(None, "What is \ud800?", {}, answers[ENGLISH], None, "en")

    assert store.chat(chat).turns[0].question == "What is ??"


# Deleted


def words_on_disk(folder, words):
    return [path.name for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


@pytest.mark.parametrize("how", ["one", "all", "turn", "renamed", "reason"])
def test_what_is_deleted_is_nowhere_on_the_disk(store, client, answers, tmp_path, how):
    kept, _ = ask(store, answers)
    secret = "zebrafish-0451"
    chat, turn = store.add_turn(None, f"Where is {secret}?", {}, {"text": f"{secret} " * 4000}, None, "en")
    client.put(f"/api/turns/{turn}/feedback", json={"value": "down", "reason": f"not {secret}"})
    assert words_on_disk(tmp_path, secret)

    if how == "one":
        client.delete(f"/api/chats/{chat}")
    elif how == "all":
        assert client.delete("/api/chats").json() == {"removed": 2}
    else:
        client.delete(f"/api/chats/{chat}/turns/{turn}")
        client.patch(f"/api/chats/{chat}", json={"title": "Something else"})
    assert words_on_disk(tmp_path, secret) == []
    assert [one.id for one in store.chats() if one.id == kept] == ([] if how == "all" else [kept])


def test_deleting_a_chat_takes_its_turns_and_judgements_along(store, client, answers, tmp_path):
    chat, turn = ask(store, answers)
    client.put(f"/api/turns/{turn}/feedback", json={"value": "up"})
    assert client.delete(f"/api/chats/{chat}").json() == {"removed": 1}

    store.close()
    with sqlite3.connect(tmp_path / "kept" / "chats.db") as sql:
        rows = [sql.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("chats", "turns", "feedback")]
    sql.close()
    assert rows == [(0,), (0,), (0,)]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/chats/none", "no_such_chat"),
        ("PATCH", "/api/chats/none", "no_such_chat"),
        ("DELETE", "/api/chats/none", "no_such_chat"),
        ("GET", "/api/chats/none/export", "no_such_chat"),
        ("DELETE", "/api/chats/none/turns/none", "no_such_turn"),
        ("PUT", "/api/turns/none/feedback", "no_such_turn"),
        ("GET", "/api/turns/none/text", "no_such_turn"),
    ],
)
@pytest.mark.parametrize("empty", [True, False])
def test_what_is_not_there_is_not_found(store, client, answers, method, path, code, empty):
    if not empty:
        ask(store, answers)
    body = {"PATCH": {"title": "t"}, "PUT": {"value": "up"}}.get(method)
    found = client.request(method, path, json=body)

    assert (found.status_code, found.json()["code"]) == (404, code)


# Not kept


def test_with_keep_chats_off_nothing_is_written(tmp_path, answers):
    store = open_store(Settings(keep_chats=False, chats_dir=tmp_path / "kept"))
    assert ask(store, answers) == (None, None)
    found = client_of(store).get("/api/chats")

    assert (store.keeps, found.status_code, found.json()["code"]) == (False, 404, "not_kept")
    assert list(tmp_path.iterdir()) == []


def test_reading_makes_no_file(tmp_path):
    store = open_store(Settings(chats_dir=tmp_path / "kept"))

    assert client_of(store).get("/api/chats").json() == []
    assert client_of(store).delete("/api/chats").json() == {"removed": 0}
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_version_is_refused_and_left_alone(tmp_path, answers):
    with sqlite3.connect(tmp_path / "chats.db") as sql:
        sql.execute("PRAGMA user_version = 7")
    sql.close()
    store = open_store(Settings(chats_dir=tmp_path))

    with pytest.raises(ChatsError, match="schema 7"):
        ask(store, answers)
    found = client_of(store).get("/api/chats")
    assert (found.status_code, found.json()["code"]) == (503, "unavailable")


def test_a_damaged_file_is_an_error_that_says_what_to_do(tmp_path, answers):
    (tmp_path / "chats.db").write_bytes(b"this is no database, whatever its name is" * 100)

    with pytest.raises(ChatsError, match="keep_chats"):
        ask(open_store(Settings(chats_dir=tmp_path)), answers)


def test_only_its_owner_may_read_the_file(store, answers, tmp_path):
    ask(store, answers)

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "kept").iterdir()}
    assert modes.keys() == {"chats.db", "chats.db-wal", "chats.db-shm"}
    assert set(modes.values()) == {0o600}


def test_a_file_that_cannot_be_written_does_not_hide_why(tmp_path, answers):
    (tmp_path / "kept").write_text("a file where the folder should be")

    with pytest.raises(ChatsError, match="chats_dir"):
        ask(open_store(Settings(chats_dir=tmp_path / "kept")), answers)
    with pytest.raises(RequestError):
        open_store(Settings(keep_chats=False)).rated()
