"""One settings model: command line over environment over file over defaults."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from osxp_rag.errors import SettingsError

APP = "osxp-rag"
PREFIX = "OSXP_RAG_"
PACKAGED_EMBEDDER = "packaged"
PACKAGED_CORPUS = Path(__file__).parent / "_corpus"
QUOTES = "quotes"
_ENGINES = re.compile(r"quotes|ollama:[^\s@]+(?:@https?://\S+)?|openai:\S+@https?://\S+|gguf:\S.*")

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Settings(BaseSettings):
    """Every setting of osxp-rag, each bounded; unknown names are errors.

    Read, first found wins: arguments, `OSXP_RAG_<NAME>` in the environment, the TOML file that
    `OSXP_RAG_CONFIG` names (else `osxp-rag.toml` here, else `config.toml` in the user's
    configuration folder).
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    corpus: Path | None = Field(None, description="folder of the documents")
    index: Path | None = Field(None, description="folder of the index")
    embedder: str = Field(
        PACKAGED_EMBEDDER,
        description="`packaged`, or a sentence-transformers model: a folder or a name in the local cache",
    )
    query_prefix: str = Field("query: ", description="put before a question when it is embedded")
    passage_prefix: str = Field("passage: ", description="put before a passage when it is embedded")
    passage_tokens: int = Field(200, ge=32, le=480, description="length that passages aim at, in tokens")
    sentence_tokens: int = Field(400, ge=64, le=480, description="longest sentence left whole, in tokens")
    title_terms: int = Field(1, ge=0, le=5, description="how often title and section count among a passage's terms")
    dense_weight: Share = Field(0.5, description="weight of the dense score in the fusion; the rest is lexical")
    candidates: int = Field(50, ge=1, le=1000, description="hits asked of the vectors and of the terms each")
    top_k: int = Field(10, ge=1, le=100, description="hits that the answer is made from")
    engine: str = Field(
        QUOTES, description="what phrases the answer: `quotes`, `ollama:MODEL[@URL]`, `openai:MODEL@URL`, `gguf:PATH`"
    )
    engine_first_token: float = Field(
        20.0, gt=0, le=600, description="longest wait for a language model's first word, in seconds"
    )
    engine_deadline: float = Field(60.0, gt=0, le=3600, description="longest time it may take in all, in seconds")
    engine_tokens: int = Field(300, ge=16, le=4096, description="most tokens that it may say")
    allow_network: bool = Field(
        False, description="let `add` fetch pages, and a language model be on another machine; nothing else goes out"
    )
    threshold: Share = Field(0.55, description="probability from which on a question is answered")
    batch_size: int = Field(16, ge=1, le=512, description="passages embedded at once")
    threads: int | None = Field(None, ge=1, le=256, description="CPU threads; all cores when unset")
    max_file_mb: float = Field(20.0, gt=0, le=1024, description="largest file that is indexed, in MB")
    max_pages: int = Field(2000, ge=1, le=100_000, description="most pages, slides or chapters of a file")
    max_expanded_mb: float = Field(200.0, gt=0, le=4096, description="most that a file may unpack to, in MB")
    max_seconds: float = Field(60.0, gt=0, le=3600, description="longest time that one file may take, in seconds")
    keep_generations: int = Field(3, ge=1, le=100, description="generations of the index that are kept to go back to")
    host: str = Field("127.0.0.1", description="address that the web chat listens on")
    port: int = Field(7860, ge=0, le=65535, description="port of the web chat; 0 takes a free one")
    keep_chats: bool = Field(True, description="whether the web chat keeps conversations on this machine")
    chats_dir: Path | None = Field(None, description="folder that the conversations are kept in")
    admin: bool = Field(False, description="whether the web chat lets its visitors add files and index them")

    @field_validator("engine")
    @classmethod
    def _check_engine(cls, engine: str) -> str:
        if not _ENGINES.fullmatch(engine):
            raise ValueError("write quotes, ollama:MODEL, ollama:MODEL@URL, openai:MODEL@URL or gguf:PATH")
        return engine

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())

    @property
    def corpus_dir(self) -> Path:
        """The folder of the documents: the checkout's, else the one in the package."""
        if self.corpus is not None:
            return self.corpus.expanduser().resolve()
        root = _checkout()
        return root / "corpus" if root else PACKAGED_CORPUS

    @property
    def index_dir(self) -> Path:
        """The folder of the index: beside a checkout's corpus, else one a corpus in the user's data folder."""
        if self.index is not None:
            return self.index.expanduser().resolve()
        root = _checkout()
        if root and self.corpus_dir == root / "corpus":
            return root / "index"
        return self._own_folder("index")

    @property
    def chats_path(self) -> Path:
        """The file of the conversations: one a corpus in the user's data folder, so that no new index takes it away."""
        folder = self.chats_dir.expanduser().resolve() if self.chats_dir is not None else self._own_folder("chats")
        return folder / "chats.db"

    def _own_folder(self, name: str) -> Path:
        """Return this corpus's own folder of a name in the user's data folder."""
        digest = hashlib.sha256(str(self.corpus_dir).encode()).hexdigest()[:8]
        return Path(platformdirs.user_data_dir(APP, appauthor=False)) / f"{name}-{digest}"


def load_settings(**given: Any) -> Settings:
    """Return the settings in force; arguments that are None count as not given.

    Raises:
        SettingsError: a name is unknown or a value is out of range; it says which and from where.
    """
    _reject_unknown_environment()
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{config_file()}: not valid TOML ({error}). Mend the file or remove it.") from error


def config_file() -> Path:
    """Return the TOML file that settings are read from; it need not exist."""
    named = os.environ.get(f"{PREFIX}CONFIG")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise SettingsError(f"{PREFIX}CONFIG names {path}, which is not a file.")
        return path
    here = Path(f"{APP}.toml")
    return here if here.is_file() else Path(platformdirs.user_config_dir(APP, appauthor=False)) / "config.toml"


def _checkout() -> Path | None:
    """Return the checkout that holds the current folder, else the one this package runs from, if any."""
    source = Path(__file__).resolve().parents[2]
    return next((folder for folder in (Path.cwd(), *Path.cwd().parents, source) if _is_checkout(folder)), None)


def _is_checkout(folder: Path) -> bool:
    project = folder / "pyproject.toml"
    try:
        return (folder / "corpus").is_dir() and f'name = "{APP}"' in project.read_text(encoding="utf-8")
    except OSError:
        return False


def _reject_unknown_environment() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in (*Settings.model_fields, "config")}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(
            f"{', '.join(unknown)} in the environment: no such setting. Known: {', '.join(sorted(known))}."
        )


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(
                f"{name}: no such setting (looked at {config_file()}). Known: {', '.join(Settings.model_fields)}."
            )
        else:
            lines.append(f"{name} = {problem['input']!r}: {problem['msg']}.")
    return "\n".join(lines)
