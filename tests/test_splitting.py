"""Documents become passages: sentences are found, kept whole, and grouped under their headings."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osxp_rag.corpus.parse import parse
from osxp_rag.corpus.sentences import split_sentences
from osxp_rag.corpus.splitter import Splitter

HEAD = "---\ntitle: Heron\nkind: talk\nlang: en\ndate: 2025-12-10\n---\n"
anything = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def count_words(texts):
    return [len(text.split()) for text in texts]


def count_characters(texts):
    return [len(text) for text in texts]


def sentences(text, language="en"):
    return [text[start:end] for start, end in split_sentences(text, 0, len(text), language)]


def split(source, passage_tokens=200, sentence_tokens=400, count=count_words, path="a.md"):
    document = parse(path, source.encode())
    return document, Splitter(count, passage_tokens, sentence_tokens).split(document)


def quoted(document, passage):
    return [document.text[start:end] for start, end in passage.sentences]


# Sentences


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("M. Dupont est venu. Il parle.", "fr", ["M. Dupont est venu.", "Il parle."]),
        ("MM. Durand et Petit. Mme. Roux.", "fr", ["MM. Durand et Petit.", "Mme. Roux."]),
        ("Dr. Smith came. He spoke.", "en", ["Dr. Smith came.", "He spoke."]),
        ("Use tools, e.g. Git, i.e. free ones. Stop.", "en", ["Use tools, e.g. Git, i.e. free ones.", "Stop."]),
        ("Des outils, p. ex. Git, existent. Fin.", "fr", ["Des outils, p. ex. Git, existent.", "Fin."]),
        ("Cf. p. 12 du rapport. Fin.", "fr", ["Cf. p. 12 du rapport.", "Fin."]),
        ("Version 3.12.1 is out. It costs 2.5 euros.", "en", ["Version 3.12.1 is out.", "It costs 2.5 euros."]),
        ("See https://a.example/v1.2.html. Next.", "en", ["See https://a.example/v1.2.html.", "Next."]),
        ("Slides are on blog.heron.org. Heron is free.", "en", ["Slides are on blog.heron.org.", "Heron is free."]),
        ("Wait... There is more. Well… yes.", "en", ["Wait...", "There is more.", "Well… yes."]),
        ("Il dit : « Bonjour. Ça va ? » Puis il part.", "fr", ["Il dit : « Bonjour. Ça va ? »", "Puis il part."]),
        ("It ended on 3 Sept. 2025. J. Doe left.", "en", ["It ended on 3 Sept. 2025.", "J. Doe left."]),
        ("Really?! Yes! No.", "en", ["Really?!", "Yes!", "No."]),
        ("Das ist z. B. gut. Ja.", "de", ["Das ist z. B. gut.", "Ja."]),
        ("これは文です。次の文です。", "ja", ["これは文です。", "次の文です。"]),
        ("One. Two.", "xx", ["One.", "Two."]),
        ("no end", "en", ["no end"]),
    ],
)
def test_a_text_is_split_into_its_sentences(text, language, expected):
    assert sentences(text, language) == expected


def test_offsets_count_characters_not_bytes():
    assert sentences("L'été 🦩 est là. Ça va.", "fr") == ["L'été 🦩 est là.", "Ça va."]


def test_a_line_end_within_a_sentence_does_not_cut_it():
    assert sentences("The heron\nis grey. It\nflies.") == ["The heron\nis grey.", "It\nflies."]


def test_only_the_asked_stretch_is_split_and_offsets_are_of_the_whole():
    text = "Before. One. Two. After."

    assert split_sentences(text, 8, 17, "en") == [(8, 12), (13, 17)]


@anything
@given(st.text(max_size=100), st.sampled_from(["en", "fr", "de", "ja", "xx"]))
def test_sentences_of_any_text_cover_it_in_order_without_outer_space(text, language):
    spans = split_sentences(text, 0, len(text), language)

    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())


# Passages


def test_a_short_document_is_one_passage_of_its_whole_sentences():
    document, passages = split(f"{HEAD}Heron is a server. It is free.\n\nIt is fast.\n")

    assert [passage.id for passage in passages] == ["a.md#0"]
    assert passages[0].text == "Heron is a server. It is free.\n\nIt is fast."
    assert quoted(document, passages[0]) == ["Heron is a server.", "It is free.", "It is fast."]
    assert passages[0].tokens == 10


def test_ids_are_numbered_in_reading_order_from_zero():
    _, passages = split("# One\n\nFirst.\n\n# Two\n\nSecond.\n\n# Three\n\nThird.\n", path="talks/a.md")

    assert [passage.id for passage in passages] == ["talks/a.md#0", "talks/a.md#1", "talks/a.md#2"]
    assert {passage.document for passage in passages} == {"talks/a.md"}


def test_passages_are_about_as_long_as_asked_for_and_none_is_a_mere_rest():
    _, passages = split("One two three four five. " * 103, passage_tokens=50)

    assert len(passages) == 10
    assert all(40 <= passage.tokens <= 60 for passage in passages)


def test_a_passage_never_ends_within_a_sentence():
    _, passages = split("Dr. A. Martin used e.g. version 1.2 of it. " * 40, passage_tokens=32)

    assert len(passages) > 1
    assert all(passage.text.startswith("Dr. A.") and passage.text.endswith("of it.") for passage in passages)


def test_a_passage_does_not_go_past_a_heading():
    _, passages = split("# One\n\nFirst.\n\n# Two\n\nSecond.\n")

    assert [passage.text for passage in passages] == ["First.", "Second."]


def test_a_long_sentence_up_to_the_limit_stays_whole():
    _, passages = split("word " * 400, passage_tokens=32)

    assert [passage.tokens for passage in passages] == [400]


def test_a_sentence_over_the_limit_is_cut_at_spaces_into_parts_that_fit():
    document, passages = split("longish " * 1000, passage_tokens=100, sentence_tokens=150)
    parts = [part for passage in passages for part in quoted(document, passage)]

    assert len(parts) == 8
    assert all(count <= 150 for count in count_words(parts))
    assert all(set(part.split(" ")) == {"longish"} for part in parts)


def test_a_long_sentence_of_lines_is_cut_between_them():
    document, passages = split(
        "```\n" + "\n".join(["longish"] * 310) + "\n```\n", passage_tokens=100, sentence_tokens=150
    )
    parts = [part for passage in passages for part in quoted(document, passage)]

    assert {word for part in parts for word in part.split()} == {"longish"}


def test_parts_of_a_long_block_of_code_never_are_mere_space():
    document, passages = split(f"```\nx{' ' * 2000}{' word' * 300}\n```\n", passage_tokens=100, sentence_tokens=150)
    parts = [part for passage in passages for part in quoted(document, passage)]

    assert len(parts) > 2
    assert all(part == part.strip() != "" for part in parts)


def test_a_sentence_without_spaces_is_cut_all_the_same():
    document, passages = split("x" * 1000, passage_tokens=100, sentence_tokens=150, count=count_characters)

    assert "".join(part for passage in passages for part in quoted(document, passage)) == "x" * 1000
    assert all(passage.tokens <= 150 for passage in passages)


def test_the_section_is_the_path_of_headings():
    _, passages = split(f"{HEAD}Before.\n\n## A\n\nIn A.\n\n### B\n\nIn B.\n\n### C\n\nIn C.\n\n## D\n\nIn D.\n")

    assert [(passage.text, passage.section) for passage in passages] == [
        ("Before.", ""),
        ("In A.", "A"),
        ("In B.", "A › B"),
        ("In C.", "A › C"),
        ("In D.", "D"),
    ]


def test_a_heading_that_repeats_the_title_is_left_out_of_the_path():
    _, passages = split(f"{HEAD}# Heron\n\nBefore.\n\n## Licence\n\nFree.\n")

    assert [passage.section for passage in passages] == ["", "Licence"]


def test_a_heading_without_text_below_it_makes_no_passage():
    _, passages = split("# One\n\n## Empty\n\n## Two\n\nText.\n")

    assert [(passage.section, passage.text) for passage in passages] == [("Two", "Text.")]


def test_a_document_of_headings_alone_is_one_passage():
    document, passages = split("# Programme\n\n## Keynotes\n\n## Talks\n")

    assert [passage.section for passage in passages] == [""]
    assert quoted(document, passages[0]) == ["Programme", "Keynotes", "Talks"]


def test_items_of_a_list_are_sentences_without_their_marks():
    document, passages = split("We offer:\n\n- mail\n- chat\n\n1. first\n2. second\n")

    assert quoted(document, passages[0]) == ["We offer:", "mail", "chat", "first", "second"]
    assert passages[0].text == "We offer:\n\n- mail\n\n- chat\n\n1. first\n\n2. second"


def test_code_is_one_sentence():
    document, passages = split("Run this. Now.\n\n```\nmake a. Then b.\nmake c.\n```\n")

    assert quoted(document, passages[0]) == ["Run this.", "Now.", "make a. Then b.\nmake c."]


def test_text_files_are_split_too():
    document, passages = split("First one. Second\none.\n\nThird.", path="notes.txt")

    assert quoted(document, passages[0]) == ["First one.", "Second\none.", "Third."]


def test_tokens_are_those_of_the_packaged_model(embedder):
    _, passages = split("Heron is a free mail server. " * 60, passage_tokens=64, count=embedder.count_tokens)

    assert len(passages) > 1
    assert all(48 <= passage.tokens <= 80 for passage in passages)
    assert all(abs(embedder.count_tokens([passage.text])[0] - passage.tokens) <= 1 for passage in passages)


# Any Markdown

words = st.text(alphabet="abcXYZ.!?0é’«»…日 ", min_size=1, max_size=30)
inline = st.one_of(
    words,
    words.map("**{}**".format),
    words.map("`{}`".format),
    words.map("[{}](https://a.example)".format),
    words.map("x <!-- {} --> y".format),
)
lines = st.lists(inline, min_size=1, max_size=6).map(" ".join)
parts = st.one_of(
    lines,
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###"]), lines),
    st.lists(lines, min_size=1, max_size=4).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(lines, min_size=1, max_size=4).map(lambda items: "\n".join(f"{n}. {i}" for n, i in enumerate(items, 1))),
    st.lists(lines, min_size=1, max_size=3).map(
        lambda items: "\n".join(f"{'  ' * n}- {i}" for n, i in enumerate(items))
    ),
    st.lists(words, min_size=1, max_size=3).map(lambda items: "```\n" + "\n".join(items) + "\n```"),
    lines.map("> {}".format),
    st.builds("| {} | {} |\n|---|---|\n| 1 | {} |".format, words, words, words),
)
markdown = st.lists(parts, min_size=1, max_size=8).map("\n\n".join)
lengths = st.tuples(st.integers(5, 60), st.integers(8, 80))
counters = st.sampled_from([count_words, count_characters])


def split_any(source, length, count):
    return split(f"start\n\n{source}", *length, count)


@anything
@given(markdown, lengths, counters)
def test_the_text_of_every_passage_is_the_stretch_of_its_document(source, length, count):
    document, passages = split_any(source, length, count)

    assert passages
    assert all(passage.text == document.text[passage.start : passage.end] for passage in passages)


@anything
@given(markdown, lengths, counters)
def test_every_sentence_lies_in_its_passage_and_says_something(source, length, count):
    document, passages = split_any(source, length, count)

    for passage in passages:
        assert (passage.sentences[0][0], passage.sentences[-1][1]) == (passage.start, passage.end)
        assert all(document.text[start:end].strip() for start, end in passage.sentences)


@anything
@given(markdown, lengths, counters)
def test_sentences_are_in_order_and_apart(source, length, count):
    _, passages = split_any(source, length, count)

    edges = [edge for passage in passages for span in passage.sentences for edge in span]
    assert edges == sorted(edges)


@anything
@given(markdown, lengths, counters)
def test_sentences_cover_every_character_of_the_bodies_and_none_besides(source, length, count):
    document, passages = split_any(source, length, count)

    bodies = [block for block in document.blocks if block.kind != "heading"]
    wanted = {i for block in bodies for i in range(block.start, block.end) if not document.text[i].isspace()}
    spans = [span for passage in passages for span in passage.sentences]
    covered = {i for start, end in spans for i in range(start, end) if not document.text[i].isspace()}
    assert covered == wanted


@anything
@given(markdown, lengths, counters)
def test_sentences_fit_the_limit_and_lie_in_one_block(source, length, count):
    document, passages = split_any(source, length, count)

    spans = [span for passage in passages for span in passage.sentences]
    assert all(tokens <= length[1] for tokens in count([document.text[start:end] for start, end in spans]))
    assert all(any(b.start <= start and end <= b.end for b in document.blocks) for start, end in spans)


@anything
@given(markdown, lengths, counters)
def test_splitting_twice_gives_the_same_passages(source, length, count):
    assert split_any(source, length, count) == split_any(source, length, count)
