"""Hostile and broken files are left out with their reason, and never stop the others."""

import io
import os
import subprocess
import sys
import zipfile

import pytest

from osxp_rag.assistant import Assistant
from osxp_rag.corpus.files import scan
from osxp_rag.corpus.isolated import IsolatedReader
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.parse import parse
from osxp_rag.errors import CorpusError
from osxp_rag.index import update
from osxp_rag.index.update import current_manifest
from osxp_rag.settings import Settings
from tests.conftest import FILES, write_corpus
from tests.samples import docx_file, email_file, epub_file, message, odt_file, pdf_of, pptx_file, rezipped, zip_file

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
BILLION = f'<!DOCTYPE w [<!ENTITY a0 "ha">{LAUGHS}]><w>&a11;</w>'
MEGABYTE = 1_000_000


def zip_bomb():
    """Return a DOCX whose text unpacks to 60 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(60):
            part.write(b" " * MEGABYTE)
    return out.getvalue()


def nested_zips():
    """Return zips within zips that end in ten megabytes."""
    content = zip_file({"word/document.xml": b" " * 10 * MEGABYTE})
    for level in range(5):
        content = zip_file({f"{level}-{copy}.zip": content for copy in range(10)})
    return content


def looping_pdf():
    """Return a PDF whose tree of pages leads back to itself."""
    return pdf_of({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>"},
                  "/Root 1 0 R")  # fmt: skip


def encrypted_pdf():
    """Return a PDF that asks for a password, which nobody knows."""
    lock = f"<< /Filter /Standard /V 1 /R 2 /O <{'00' * 32}> /U <{'11' * 32}> /P -4 >>"
    return pdf_of({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Count 0 /Kids [] >>", 3: lock},
                  "/Root 1 0 R /Encrypt 3 0 R /ID [<00> <00>]")  # fmt: skip


def nested_email(depth):
    """Return a message within a message, and so on."""
    content = email_file("Inner", "words")
    for level in range(depth):
        mark = b"part%d" % level
        head = b'Subject: outer\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="%s"\n\n' % mark
        content = head + b"--%s\nContent-Type: message/rfc822\n\n%s\n--%s--\n" % (mark, content, mark)
    return content


def encrypted_zip():
    """Return a DOCX whose parts are marked as encrypted."""
    content = bytearray(docx_file([("Normal", "words")]))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


WHOLE = docx_file([("Normal", "words " * 100)])
DECK = pptx_file([("A", ["b"], "")])
HOSTILE = {
    "binary.md": (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20, "failed", "is not text"),
    "bomb.docx": (zip_bomb(), "skipped", "max_expanded_mb = 20"),
    "brackets.md": (b"![" * (2 * MEGABYTE), "skipped", "max_seconds = 4"),
    "cell.csv": (b"name,note\nHeron," + b"x" * 200_000, "skipped", "cell of more than 131072 characters"),
    "cut.docx": (WHOLE[: len(WHOLE) // 2], "failed", "damaged or cut short"),
    "cut.epub": (epub_file(["<p>words</p>"])[:200], "failed", "damaged or cut short"),
    "cut.odt": (odt_file([(0, "words")])[:2000], "failed", "damaged or cut short"),
    "cut.pptx": (DECK[:9000], "failed", "damaged or cut short"),
    "deep.html": (b"<div>" * 100_000 + b"words", "skipped", "nested more than 256 deep"),
    "deep.eml": (nested_email(1000), "skipped", ("more than 10 deep", "max_seconds = 4")),
    "deep.jsonl": (b"[" * 50_000, "failed", "nested too deep"),
    "empty.pdf": (b"", "failed", "is empty"),
    "laughs.odt": (rezipped(odt_file([(0, "words")]), {"content.xml": BILLION}), "failed", "entity"),
    "laughs.docx": (rezipped(WHOLE, {"word/document.xml": BILLION}), "failed", "declares a document type"),
    "laughs.pptx": (
        rezipped(pptx_file([("A", ["b"], "")]), {"ppt/presentation.xml": BILLION}),
        "failed",
        "declares a document type",
    ),
    "large.txt": (b"words " * MEGABYTE, "skipped", "max_file_mb = 5"),
    "locked.docx": (encrypted_zip(), "failed", "is encrypted"),
    "locked.pdf": (encrypted_pdf(), "failed", "is encrypted"),
    "loop.pdf": (looping_pdf(), "failed", "has no text"),
    "nested.docx": (nested_zips(), "failed", "cannot be read as DOCX"),
    "no-mail.eml": (b"\n\nwords", "failed", "is not an e-mail"),
    "no-pdf.pdf": (b"words", "failed", "no PDF"),
    "old.docx": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000, "failed", "is encrypted, or of Office before 2007"),
}
SPECIAL = {
    "broken.md": ("failed", "cannot be read"),
    "folder": ("skipped", "is a link to a folder"),
    "loop.md": ("skipped", "leads back to itself"),
    "out.md": ("skipped", "link out of the corpus"),
    "pipe.txt": ("skipped", "is not a regular file"),
}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    """Settings of a corpus of three good files and all the hostile ones, indexed; and what the update said."""
    folder = tmp_path_factory.mktemp("hostile")
    corpus = write_corpus(folder / "corpus", FILES)
    for name, (content, _, _) in HOSTILE.items():
        (corpus / name).write_bytes(content)
    (folder / "outside.md").write_text("secret")
    (corpus / "out.md").symlink_to(folder / "outside.md")
    (corpus / "broken.md").symlink_to("nowhere.md")
    (corpus / "loop.md").symlink_to("loop.md")
    (corpus / "folder").symlink_to(corpus, target_is_directory=True)
    if hasattr(os, "mkfifo"):
        os.mkfifo(corpus / "pipe.txt")
    made = Settings(corpus=corpus, index=folder / "index", max_file_mb=5, max_expanded_mb=20, max_seconds=4)
    return made, update(made)


def test_the_good_files_beside_hostile_ones_answer(indexed):
    settings, _ = indexed
    answer = Assistant.open(settings).ask("When was Heron first released?")

    assert answer.answered
    assert "3 May 2019" in answer.citations[0].quote


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_file_has_its_state_and_its_reason(indexed, name):
    record = current_manifest(indexed[0]).files[name]

    assert record.state == HOSTILE[name][1]
    reasons = HOSTILE[name][2]
    assert any(reason in record.reason for reason in ([reasons] if isinstance(reasons, str) else reasons))


@pytest.mark.parametrize("name", SPECIAL)
def test_each_link_and_pipe_has_its_state_and_its_reason(indexed, name):
    files = current_manifest(indexed[0]).files
    if name == "pipe.txt" and not hasattr(os, "mkfifo"):
        assert name not in files
        return

    assert files[name].state == SPECIAL[name][0]
    assert SPECIAL[name][1] in files[name].reason


def test_nothing_but_good_files_is_indexed_and_nothing_is_read_again(indexed):
    settings, done = indexed
    files = current_manifest(settings).files

    assert {path for path, record in files.items() if record.state == "indexed"} == set(FILES)
    assert {record.path for record in done.failures} == set(files) - set(FILES)
    assert update(settings).plan.empty


def test_entities_in_a_book_are_left_as_they_are():
    book = epub_file([BILLION.replace("<w>", "<p>words ").replace("</w>", "</p>")], more=BILLION.split("<w>")[0])

    assert parse("a.epub", book).text == "words &a11;\n\n"


def test_a_file_that_was_passed_over_is_read_again_when_its_limit_is_raised(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "deck.pptx").write_bytes(pptx_file([("Heron", ["Heron is free."], "")] * 3))
    low = Settings(corpus=corpus, index=tmp_path / "index", max_pages=2)
    high = low.model_copy(update={"max_pages": 3})

    assert [record.state for record in update(low).failures] == ["skipped"]
    assert update(low).plan.empty
    assert update(high).failures == ()


def test_a_worker_that_is_killed_is_started_again():
    with IsolatedReader(Limits()) as reader:
        assert "words" in reader.parse("a.eml", email_file("Heron", "words")).text
        reader._worker.kill()
        with pytest.raises(CorpusError, match="brought its reader down"):
            reader.parse("b.eml", email_file("Heron", "words"))
        assert "words" in reader.parse("c.eml", email_file("Heron", "words", attached=message("B", "more"))).text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process")
def test_the_memory_of_the_worker_is_bounded():
    code = "from osxp_rag.corpus import worker; worker._bound_memory(); bytearray(4_000_000_000)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.strip().endswith("MemoryError")


def test_the_worker_has_no_network():
    code = "import sys, socket; from osxp_rag.corpus import worker; sys.addaudithook(worker._refuse_network); "
    done = subprocess.run(
        [sys.executable, "-c", code + "socket.create_connection(('127.0.0.1', 9))"], capture_output=True, text=True
    )

    assert "a parser has no business on the network" in done.stderr


def test_the_scan_opens_no_file_of_a_format(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"no PDF at all")

    assert scan(tmp_path, MEGABYTE)[0].problem is None
