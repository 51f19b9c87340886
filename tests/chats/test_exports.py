"""Every export says what was asked and answered, from which sources, and runs nothing."""

import json
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from osxp_rag.channels.chats import answer_text
from osxp_rag.channels.chats.titles import file_name, title_of
from tests.chats.conftest import ENGLISH, FRENCH, RECIPE, ask

HOSTILE = '<script>alert("x")</script> ![a](http://evil.example/x.png) **bold** [l](javascript:alert(1))'


def test_an_export_is_a_file_that_is_named_after_the_chat(store, client, answers):
    chat, _ = ask(store, answers, FRENCH)
    for form in ("md", "html", "json"):
        sent = client.get(f"/api/chats/{chat}/export", params={"format": form})
        name = f"osxp-rag-sous-quelle-licence-est-publie-loutre.{form}"
        assert sent.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert sent.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"/api/chats/{chat}/export", params={"format": "pdf"}).json()["code"] == "bad_request"


def test_the_json_export_is_the_chat(store, client, answers):
    chat, _ = ask(store, answers)

    assert (
        json.loads(client.get(f"/api/chats/{chat}/export?format=json").text) == client.get(f"/api/chats/{chat}").json()
    )


@pytest.mark.parametrize("form", ["md", "html"])
def test_an_export_holds_question_answer_and_every_source(store, client, answers, form):
    chat, _ = ask(store, answers)
    text = seen(client.get(f"/api/chats/{chat}/export?format={form}").text, form)

    assert ENGLISH in text
    assert "Sources" in text
    for citation in answers[ENGLISH]["citations"]:
        assert citation["quote"] in text
        assert citation["document"] in text
        assert citation["url"] in text


@pytest.mark.parametrize("form", ["md", "html"])
def test_an_export_speaks_the_language_of_the_chat(store, client, answers, form):
    chat, _ = ask(store, answers, FRENCH)
    text = seen(client.get(f"/api/chats/{chat}/export?format={form}").text, form)

    assert "Une conversation avec les documents" in text
    assert "Confiance" in text


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_refusal_is_exported_with_the_nearest_documents(store, client, answers, form):
    chat, _ = ask(store, answers, RECIPE)
    text = seen(client.get(f"/api/chats/{chat}/export?format={form}").text, form)

    assert answers[RECIPE]["text"] in text
    assert all(near["document"] in text for near in answers[RECIPE]["nearest"])
    assert "Sources" not in text


@pytest.mark.parametrize("form", ["md", "html"])
def test_an_export_says_which_model_phrased_an_answer_and_what_is_to_be_said_of_it(store, client, answers, form):
    notice = {"code": "dropped", "text": "Une phrase est omise <b>."}
    phrased = answers[FRENCH] | {"engine": "ollama:mistral", "notices": [notice], "direct": None}
    chat, turn = store.add_turn(None, FRENCH, {}, phrased, None, "fr")
    text = seen(client.get(f"/api/chats/{chat}/export?format={form}").text, form)
    copied = client.get(f"/api/turns/{turn}/text").text
    for said in ("Formulée par ollama:mistral, chaque phrase vérifiée contre sa source.", notice["text"]):
        assert said in text
        assert said in copied


@pytest.mark.parametrize("form", ["md", "html"])
def test_nothing_of_an_export_runs_or_is_fetched(store, client, answers, form):
    hostile = answers[ENGLISH] | {"text": f"{HOSTILE}[1]\n- {HOSTILE}[1]", "direct": None}
    hostile |= {"engine": HOSTILE, "notices": [{"code": "dropped", "text": HOSTILE}]}
    hostile["citations"] = [
        one | {"title": HOSTILE, "quote": HOSTILE, "document": HOSTILE, "section": HOSTILE, "url": "javascript:x"}
        for one in hostile["citations"]
    ]
    chat, _ = store.add_turn(None, HOSTILE, {"track": HOSTILE}, hostile, None, '"><script>')
    parts = Parts(rendered(client.get(f"/api/chats/{chat}/export?format={form}").text, form))

    assert not parts.tags & {"script", "img", "iframe", "object", "svg", "form"}
    assert parts.links == []
    assert "".join(parts.text.split()).count("".join(HOSTILE.split())) >= 6


def test_the_tenth_source_keeps_its_quote_in_markdown(store, client, answers):
    source = answers[ENGLISH]["citations"][0]
    many = answers[ENGLISH] | {"citations": [source | {"id": number} for number in range(1, 13)], "direct": None}
    chat, _ = store.add_turn(None, ENGLISH, {}, many, None, "en")
    page = rendered(client.get(f"/api/chats/{chat}/export").text, "md")

    assert page.count("<li>") == page.count("<blockquote>") == 12
    assert page.count("<ol>") == 1


def test_the_words_for_the_clipboard_name_their_sources(store, client, answers):
    _, turn = ask(store, answers)
    text = client.get(f"/api/turns/{turn}/text").text

    assert text == answer_text(answers[ENGLISH], "en")
    assert text.startswith(f"{ENGLISH}\n\n{answers[ENGLISH]['text']}\n\nSources:\n[1] Heron, a mail server")
    assert all(one["quote"] in text for one in answers[ENGLISH]["citations"])


def test_the_words_for_the_clipboard_are_french_for_a_french_answer(answers):
    assert "\n\nSources\N{NO-BREAK SPACE}:\n[1] Loutre" in answer_text(answers[FRENCH], "fr")


@pytest.mark.parametrize("title", ["", "???", "日本語", "../../etc/passwd", 'a"b\r\nc', "x" * 300])
def test_a_file_name_is_plain_whatever_the_title(title):
    name = file_name(title, "md")

    assert name.isascii()
    assert len(name) < 80
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert name.count(".") == 1


def test_a_long_question_makes_a_title_that_ends_with_a_whole_word():
    title = title_of("What, in the words of the documents, is the most important thing that one should know of mail?")

    assert title == "What, in the words of the documents, is the most important thing that one…"


class Parts(HTMLParser):
    """What a browser would make of a page: its tags, its links, its words."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.text = set(), [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [dict(attrs)["href"]] if tag == "a" else []

    def handle_data(self, data):
        self.text += data


def rendered(text, form):
    return MarkdownIt("commonmark", {"html": True}).render(text) if form == "md" else text


def seen(text, form):
    return Parts(rendered(text, form)).text
