"""Fixtures: a small corpus in two languages, its index, and an assistant on it, all real, made once."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

from osxp_rag.assistant import Assistant
from osxp_rag.index import update
from osxp_rag.models.embedder import Embedder
from osxp_rag.settings import Settings

# Property tests try the same examples each time, so that a landing does not depend on luck; to look for new ones:
# make test ARGS="--hypothesis-profile=search"
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("repeatable")

FILES = {
    "talks/heron.md": """---
title: Heron, a mail server
kind: talk
lang: en
date: 2025-12-10
track: collaboration
organisations: [Heron Foundation]
technologies: [Heron, IMAP]
speakers: [Ada Martin]
sources:
  - title: The Heron handbook
    url: https://heron.example/handbook
---

Heron is a free mail server written in Rust. Heron was first released on 3 May 2019 by the Heron Foundation.

## Licence

Heron is published under the AGPL-3.0 licence. Commercial support for Heron costs 40 euros a month.

## Talk

Ada Martin presented Heron in Paris. The talk lasted 20 minutes.
""",
    "talks/loutre.md": """---
title: Loutre, un moteur de recherche libre
kind: talk
lang: fr
date: 2025-12-11
track: ai
technologies: [Loutre]
sources:
  - title: Le dépôt de Loutre
    url: https://loutre.example/
---

Loutre est un moteur de recherche libre, écrit en Python. La première version de Loutre date de juin 2021.

## Licence

Loutre est publié sous licence MIT. L'équipe de Loutre travaille à Nantes.
""",
    "notes.txt": "The conference dinner took place on a boat called Calypso.\n\nAbout 120 people came to the dinner.\n",
}


def write_corpus(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder and return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the small corpus; its index is up to date."""
    folder = tmp_path_factory.mktemp("small")
    made = Settings(corpus=write_corpus(folder / "corpus", FILES), index=folder / "index")
    update(made)
    return made


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    """An assistant on the small corpus."""
    return Assistant.open(settings)


@pytest.fixture(scope="session")
def embedder(assistant: Assistant) -> Embedder:
    """The packaged embedder."""
    return assistant.embedder
