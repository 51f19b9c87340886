"""Prepare the reader's training data.

    python -m training.reader.prepare DATA WORK

DATA is the folder with qa-train.jsonl.xz, squad2-part.json and xquad-*.json; WORK gets train.jsonl and dev.jsonl.
Deterministic under --seed. Near misses take some ten minutes on two cores: every passage is embedded.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from osxp_rag.models.embedder import load_embedder
from osxp_rag.settings import load_settings
from training.reader.items import (
    DIGESTS,
    LANGUAGES,
    WRITTEN,
    Item,
    is_development,
    read_digests,
    read_questions,
    read_squad,
    read_written,
)
from training.reader.negatives import near_misses, unique_passages

# Items of each source that are read with their own passage; all of them where there are fewer.
OWN = {
    "piaf": 6000, "tydiqa_en": 4200, "nq_oracle": 1900, "shifts_new_wiki": 3000, "squad11_du": 2000,
    "squad11_rl": 1000, "squad11_cs224n": 700, "squad11_ec": 700, "squad2_train10": 1500, "squad2_unanswerable": 2300,
    "squad2_part": 2400, "squad_es_dev": 1500, "squad_it_dev": 1200, "covidqa": 250, "faquad": 250, "tydiqa_fi": 200,
}  # fmt: skip
# Questions of each source that are also read with a near miss.
MISSES = {
    "piaf": 1900, "tydiqa_en": 2200, "nq_oracle": 1000, "shifts_new_wiki": 700, "squad11_du": 700, "squad11_rl": 300,
    "squad2_train10": 300,
}  # fmt: skip
SAME_LANGUAGE = {"en": 600, "de": 800, "es": 500, "el": 150, "ro": 200, "ru": 200}  # XQuAD pairs
CROSS_LANGUAGE = {("de", "en"): 700, ("es", "en"): 700, ("en", "de"): 400, ("en", "es"): 400, ("ro", "en"): 250,
                  ("ru", "en"): 200, ("de", "es"): 150, ("el", "en"): 150}  # fmt: skip
CROSS_MISSES = 900  # of the pairs in two languages, also read with another paragraph of the article
WRITTEN_TIMES = 2  # how often our own questions are read: they are closest to what visitors ask
WRITTEN_MISSES = 0.3  # share of them that are also read with another passage of the article
DIGEST_MISSES = 0.4  # of the same for the questions on digests: another section of theirs, or of a digest like it
DEVELOPMENT_EACH = 150  # items a development list


def main() -> int:
    """Read, choose, find near misses, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seed", type=int, default=20251210)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--general", type=int, default=sys.maxsize, help="at most so many items of others' data")
    parser.add_argument("--written", type=int, default=sys.maxsize, help="at most so many of ours on others' passages")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    mono = [*read_questions(arguments.data / "qa-train.jsonl.xz")]
    mono += read_squad(arguments.data / "squad2-part.json", "squad2_part", "en")
    xquad = {lang: [*read_squad(arguments.data / f"xquad-{lang}.json", "xquad", lang)] for lang in LANGUAGES}
    train = training(mono)
    chosen = pick(train, OWN, chance) + pairs(xquad, chance)
    chosen += misses_of(train, chance, arguments.threads) + cross_misses(xquad, chance)
    chosen = sample(chosen, arguments.general, chance)
    written, digests = [*read_written(WRITTEN, mono)], [*read_digests(DIGESTS)]
    own = own_items(training(written), mono, chance, WRITTEN_TIMES, WRITTEN_MISSES)
    chosen += sample(own, arguments.written, chance)
    chosen += training(digests) + digest_misses(training(digests), chance, arguments.threads)
    chance.shuffle(chosen)
    arguments.work.mkdir(parents=True, exist_ok=True)
    write(arguments.work / "train.jsonl", chosen)
    kept = development(mono, xquad, [*written, *digests], random.Random(arguments.seed))
    write(arguments.work / "dev.jsonl", kept)
    Console().print(Counter(item.source for item in chosen), sum(item.answerable for item in chosen), len(chosen))
    return 0


def pick(items: Sequence[Item], quotas: dict[str, int], chance: random.Random) -> list[Item]:
    """Return a random choice of each source, as many as its quota."""
    by_source: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_source[item.source].append(item)
    chosen = (sample(by_source[name], quota, chance) for name, quota in quotas.items())
    return [item for some in chosen for item in some]


def sample(items: Sequence[Item], count: int, chance: random.Random) -> list[Item]:
    """Return so many random items, all of them where there are fewer."""
    return chance.sample(items, min(count, len(items)))


def pairs(xquad: dict[str, list[Item]], chance: random.Random) -> list[Item]:
    """Return XQuAD's questions with the paragraph of the same or of another language."""
    wanted = {(lang, lang): count for lang, count in SAME_LANGUAGE.items()} | CROSS_LANGUAGE
    found = []
    for (asked, read), count in wanted.items():
        crossed = cross(xquad[asked], xquad[read])
        found += sample(crossed, count, chance)
    return [item for item in found if not is_development(item)]


def cross(asked: Sequence[Item], read: Sequence[Item]) -> list[Item]:
    """Return each question of one language over its paragraph in another; the answer is the other language's."""
    questions = {item.key: item for item in asked}
    return [
        replace(item, source=f"xquad_{questions[item.key].lang}_{item.lang}", question=questions[item.key].question)
        for item in read
    ]


def misses_of(train: Sequence[Item], chance: random.Random, threads: int) -> list[Item]:
    """Return near misses for questions of one language."""
    items = pick([item for item in train if item.answerable], MISSES, chance)
    return missed(items, [item for item in train if item.source in MISSES], chance, threads)


def digest_misses(digests: Sequence[Item], chance: random.Random, threads: int) -> list[Item]:
    """Return near misses, among the digests' sections, for a share of the questions on digests."""
    answerable = [item for item in digests if item.answerable]
    return missed(sample(answerable, round(len(answerable) * DIGEST_MISSES), chance), digests, chance, threads)


def missed(items: Sequence[Item], among: Sequence[Item], chance: random.Random, threads: int) -> list[Item]:
    """Return the items over near misses among the passages of others; shows how far the embedding is."""
    pool = unique_passages(among)
    embedder = load_embedder(load_settings(threads=threads, batch_size=32))
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("embedding passages", total=len(pool))
        return near_misses(items, pool, embedder, chance, lambda count: bar.advance(task, count))


def cross_misses(xquad: dict[str, list[Item]], chance: random.Random) -> list[Item]:
    """Return questions in one language over another paragraph, in another language, of the same article."""
    found = []
    for asked, read in CROSS_LANGUAGE:
        by_article: defaultdict[str, list[Item]] = defaultdict(list)
        for item in xquad[read]:
            by_article[item.article].append(item)
        pool = [item for item in cross(xquad[asked], xquad[read]) if not is_development(item)]
        for item in chance.sample(pool, CROSS_MISSES // len(CROSS_LANGUAGE)):
            others = [one.text for one in by_article[item.article] if item.answer.casefold() not in one.text.casefold()]
            if others:
                miss = replace(item, source=f"{item.source}+miss", text=chance.choice(others), start=-1, end=-1)
                found.append(miss)
    return found


def training(items: Iterable[Item]) -> list[Item]:
    """Return the items whose articles are not kept apart."""
    return [item for item in items if not is_development(item)]


def own_items(
    own: Sequence[Item], others: Sequence[Item], chance: random.Random, times: int, misses: float
) -> list[Item]:
    """Return our own questions so many times, and a share of them over another passage of the same article."""
    by_article: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for item in others:
        by_article[item.article].add((item.title, item.text))
    answerable = [item for item in own if item.answerable]
    found = list(own) * times
    for item in sample(answerable, round(len(answerable) * misses), chance):
        fitting = sorted(pair for pair in by_article[item.article] if item.answer.casefold() not in pair[1].casefold())
        if fitting:
            title, text = chance.choice(fitting)
            found.append(replace(item, source=f"{item.source}+miss", title=title, text=text, start=-1, end=-1))
    return found


def development(
    mono: Sequence[Item], xquad: dict[str, list[Item]], own: Sequence[Item], chance: random.Random
) -> list[Item]:
    """Return questions on articles that training never sees, some of each kind."""
    kept = [item for item in mono if is_development(item) and item.source in ("squad2_part", "piaf")]
    kept = pick(kept, {"squad2_part": 3 * DEVELOPMENT_EACH, "piaf": DEVELOPMENT_EACH}, chance)
    for asked, read in (("en", "en"), ("de", "de"), ("de", "en"), ("es", "en")):
        crossed = [item for item in cross(xquad[asked], xquad[read]) if is_development(item)]
        kept += sample(crossed, DEVELOPMENT_EACH, chance)
    return kept + [item for item in own if is_development(item)]


def write(path: Path, items: Iterable[Item]) -> None:
    """Write items, one a line."""
    path.write_text("".join(item.to_json() + "\n" for item in items), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
