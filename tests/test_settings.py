"""Settings: who wins, what is refused, and where corpus and index are."""

import os
from pathlib import Path

import platformdirs
import pytest

import osxp_rag.settings
from osxp_rag.errors import SettingsError
from osxp_rag.settings import config_file, load_settings


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No setting of the one who runs the tests reaches them; the current folder is empty."""
    for name in [name for name in os.environ if name.startswith("OSXP_RAG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(platformdirs, "user_config_dir", lambda *_, **__: str(tmp_path / "config"))
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    monkeypatch.chdir(folder(tmp_path / "here"))


def folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def write(path: Path, text: str) -> Path:
    folder(path.parent)
    path.write_text(text, encoding="utf-8")
    return path


def make_checkout(path: Path, name: str = "osxp-rag") -> Path:
    write(path / "pyproject.toml", f'[project]\nname = "{name}"\n')
    folder(path / "corpus")
    return path


# Who wins


def test_without_any_source_the_defaults_are_in_force():
    made = load_settings()

    assert (made.corpus, made.index, made.embedder) == (None, None, "packaged")
    assert (made.passage_tokens, made.top_k, made.host, made.port) == (200, 10, "127.0.0.1", 7860)


def test_a_file_in_the_current_folder_wins_over_the_defaults():
    write(Path("osxp-rag.toml"), "top_k = 3\n")

    assert load_settings().top_k == 3


def test_the_environment_wins_over_the_file(monkeypatch):
    write(Path("osxp-rag.toml"), "top_k = 3\npassage_tokens = 64\n")
    monkeypatch.setenv("OSXP_RAG_TOP_K", "4")

    assert (load_settings().top_k, load_settings().passage_tokens) == (4, 64)


def test_an_argument_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("OSXP_RAG_TOP_K", "4")

    assert load_settings(top_k=5).top_k == 5


def test_an_argument_that_is_none_counts_as_not_given(monkeypatch):
    monkeypatch.setenv("OSXP_RAG_TOP_K", "4")

    assert load_settings(top_k=None).top_k == 4


def test_a_value_of_zero_or_nothing_is_a_given_one():
    assert load_settings(threshold=0.0, query_prefix="").threshold == 0.0
    assert load_settings(query_prefix="").query_prefix == ""


def test_the_file_in_the_user_s_configuration_folder_is_read(tmp_path):
    write(tmp_path / "config/config.toml", "top_k = 6\n")

    assert load_settings().top_k == 6


def test_the_file_in_the_current_folder_wins_over_the_user_s(tmp_path):
    write(tmp_path / "config/config.toml", "top_k = 6\npassage_tokens = 64\n")
    write(Path("osxp-rag.toml"), "top_k = 3\n")

    assert (load_settings().top_k, load_settings().passage_tokens) == (3, 200)


def test_the_file_that_the_environment_names_wins_over_both(tmp_path, monkeypatch):
    write(Path("osxp-rag.toml"), "top_k = 3\n")
    monkeypatch.setenv("OSXP_RAG_CONFIG", str(write(tmp_path / "mine.toml", "top_k = 7\n")))

    assert load_settings().top_k == 7
    assert config_file() == tmp_path / "mine.toml"


def test_a_named_file_that_is_not_there_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("OSXP_RAG_CONFIG", str(tmp_path / "none.toml"))

    with pytest.raises(SettingsError, match=r"OSXP_RAG_CONFIG names .*none\.toml, which is not a file"):
        load_settings()


def test_settings_cannot_be_changed_once_made():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().top_k = 3


# What is refused


def test_an_unknown_name_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv("OSXP_RAG_TOPK", "4")

    with pytest.raises(SettingsError, match=r"OSXP_RAG_TOPK in the environment: no such setting.*OSXP_RAG_TOP_K"):
        load_settings()


def test_variables_of_other_programs_are_let_be(monkeypatch):
    monkeypatch.setenv("OSXP_RAGTIME", "4")

    assert load_settings().top_k == 10


def test_an_unknown_name_in_the_file_is_named_with_the_file():
    write(Path("osxp-rag.toml"), "topk = 4\n")

    with pytest.raises(SettingsError, match=r"topk: no such setting.*osxp-rag\.toml.*top_k"):
        load_settings()


def test_a_table_in_the_file_is_an_unknown_name():
    write(Path("osxp-rag.toml"), "[retrieval]\ntop_k = 4\n")

    with pytest.raises(SettingsError, match="retrieval: no such setting"):
        load_settings()


def test_an_unknown_argument_is_named():
    with pytest.raises(SettingsError, match="topk: no such setting"):
        load_settings(topk=4)


def test_a_file_that_is_not_toml_is_named():
    write(Path("osxp-rag.toml"), "top_k: 4\n")

    with pytest.raises(SettingsError, match=r"osxp-rag\.toml: not valid TOML.*Mend the file"):
        load_settings()


def test_a_file_that_is_not_utf8_is_named():
    Path("osxp-rag.toml").write_bytes(b'embedder = "\xe9"\n')

    with pytest.raises(SettingsError, match=r"osxp-rag\.toml"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("passage_tokens", 31),
        ("passage_tokens", 481),
        ("sentence_tokens", 63),
        ("sentence_tokens", 481),
        ("dense_weight", -0.1),
        ("dense_weight", 1.1),
        ("dense_weight", float("nan")),
        ("threshold", 1.1),
        ("threshold", float("nan")),
        ("candidates", 0),
        ("candidates", 1001),
        ("top_k", 0),
        ("top_k", 101),
        ("batch_size", 0),
        ("threads", 0),
        ("max_file_mb", 0),
        ("max_file_mb", float("inf")),
        ("port", -1),
        ("port", 65536),
        ("top_k", "many"),
    ],
)
def test_a_value_out_of_its_range_is_named(name, value):
    with pytest.raises(SettingsError, match=f"{name} = "):
        load_settings(**{name: value})


@pytest.mark.parametrize(
    "given",
    [
        {"passage_tokens": 32, "sentence_tokens": 64, "top_k": 1, "candidates": 1, "port": 0, "threads": 1},
        {"passage_tokens": 480, "sentence_tokens": 480, "top_k": 100, "candidates": 1000, "port": 65535},
        {"dense_weight": 0.0, "threshold": 1.0},
        {"dense_weight": 1.0, "threshold": 0.0},
    ],
)
def test_the_ends_of_each_range_are_taken(given):
    made = load_settings(**given)

    assert {name: getattr(made, name) for name in given} == given


def test_every_fault_is_told_at_once(monkeypatch):
    monkeypatch.setenv("OSXP_RAG_PORT", "many")

    with pytest.raises(SettingsError) as caught:
        load_settings(top_k=0)
    assert "top_k = 0" in str(caught.value)
    assert "port = 'many'" in str(caught.value)


# Where corpus and index are


def test_in_a_checkout_they_are_its_own(tmp_path, monkeypatch):
    root = make_checkout(tmp_path / "checkout")
    monkeypatch.chdir(root)

    assert load_settings().corpus_dir == root / "corpus"
    assert load_settings().index_dir == root / "index"


def test_below_a_checkout_they_are_its_own_too(tmp_path, monkeypatch):
    root = make_checkout(tmp_path / "checkout")
    monkeypatch.chdir(folder(root / "docs/deep"))

    assert load_settings().corpus_dir == root / "corpus"


def test_another_project_is_no_checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(make_checkout(tmp_path / "other", "another-project"))

    assert load_settings().corpus_dir != tmp_path / "other/corpus"


def test_away_from_it_the_checkout_that_the_package_runs_from_is_taken(tmp_path, monkeypatch):
    root = make_checkout(tmp_path / "source")
    monkeypatch.setattr(osxp_rag.settings, "__file__", str(root / "src/osxp_rag/settings.py"))

    assert load_settings().corpus_dir == root / "corpus"
    assert load_settings().index_dir == root / "index"


def test_installed_away_from_a_checkout_the_packaged_corpus_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(osxp_rag.settings, "__file__", str(tmp_path / "lib/python/site-packages/osxp_rag/settings.py"))

    assert load_settings().corpus_dir == Path(osxp_rag.__file__).parent / "_corpus"
    assert load_settings().index_dir.parent == tmp_path / "data"


def test_a_corpus_that_is_named_has_its_own_index_in_the_user_s_data_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(make_checkout(tmp_path / "checkout"))
    one, other = load_settings(corpus=tmp_path / "one"), load_settings(corpus=tmp_path / "other")

    assert one.corpus_dir == tmp_path / "one"
    assert one.index_dir.parent == other.index_dir.parent == tmp_path / "data"
    assert one.index_dir != other.index_dir
    assert one.index_dir == load_settings(corpus=str(tmp_path / "one")).index_dir


def test_the_checkout_s_corpus_named_outright_keeps_the_checkout_s_index(tmp_path, monkeypatch):
    root = make_checkout(tmp_path / "checkout")
    monkeypatch.chdir(root)

    assert load_settings(corpus=Path("corpus")).index_dir == root / "index"


def test_a_checkout_reached_through_a_link_keeps_its_index(tmp_path, monkeypatch):
    root = make_checkout(tmp_path / "checkout")
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(tmp_path / "link")

    assert load_settings(corpus=tmp_path / "link/corpus").index_dir == root / "index"


def test_an_index_that_is_named_is_taken(tmp_path):
    assert load_settings(corpus=tmp_path / "one", index=tmp_path / "mine").index_dir == tmp_path / "mine"


def test_paths_are_relative_to_the_current_folder_and_may_begin_with_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert load_settings(corpus=Path("docs")).corpus_dir == tmp_path / "here/docs"
    assert load_settings(corpus=Path("~/docs"), index="~/index").corpus_dir == tmp_path / "docs"
    assert load_settings(corpus=Path("~/docs"), index="~/index").index_dir == tmp_path / "index"


def test_corpus_and_index_may_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("OSXP_RAG_CORPUS", str(tmp_path / "docs"))
    monkeypatch.setenv("OSXP_RAG_INDEX", str(tmp_path / "index"))

    assert (load_settings().corpus_dir, load_settings().index_dir) == (tmp_path / "docs", tmp_path / "index")
