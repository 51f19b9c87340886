"""The plan of an update: pure, complete, and the same whatever the order of the files."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from osxp_rag.corpus.files import SourceFile
from osxp_rag.index.manifest import FileRecord
from osxp_rag.index.plan import Plan, first_paths, make_plan
from osxp_rag.index.records import all_records


def record(path, sha256="1", state="indexed", reason=None):
    return FileRecord(path, sha256, 1, state, reason)


def records(*made):
    return {one.path: one for one in made}


def file(path, sha256="1", problem=None):
    return SourceFile(path, sha256, 1, problem)


def unreadable(path, problem="cannot be read: Permission denied"):
    return file(path, None, problem)


def test_without_a_generation_every_file_is_added():
    assert make_plan({}, [file("b.md"), file("a.md", "2")]) == Plan(added=("a.md", "b.md"))


def test_nothing_changed_is_an_empty_plan():
    plan = make_plan(records(record("a.md")), [file("a.md")])

    assert plan == Plan(unchanged=("a.md",))
    assert plan.empty


def test_no_file_before_and_now_is_an_empty_plan():
    assert make_plan({}, []).empty


def test_a_file_of_another_content_is_changed():
    plan = make_plan(records(record("a.md")), [file("a.md", "2")])

    assert plan == Plan(changed=("a.md",))
    assert not plan.empty


def test_a_file_that_has_gone_is_removed():
    assert make_plan(records(record("a.md")), []) == Plan(removed=("a.md",))


def test_the_same_content_under_a_new_path_is_renamed():
    assert make_plan(records(record("a.md")), [file("b.md")]) == Plan(renamed=(("a.md", "b.md"),))


def copy(path, first, sha256="1", state="duplicate"):
    return replace(record(path, sha256, state), of=first)


def test_a_copy_beside_its_original_is_a_duplicate_and_not_read():
    plan = make_plan(records(record("a.md")), [file("a.md"), file("b.md")])

    assert plan == Plan(unchanged=("a.md",), duplicates=(("b.md", "a.md"),))
    assert not plan.empty
    assert plan.read == ()


def test_of_new_files_of_the_same_content_the_smallest_path_is_added():
    assert make_plan({}, [file("c.md"), file("a.md"), file("b.md")]) == Plan(
        added=("a.md",), duplicates=(("b.md", "a.md"), ("c.md", "a.md"))
    )


def test_a_copy_that_was_one_before_is_unchanged():
    plan = make_plan(records(record("a.md"), copy("b.md", "a.md")), [file("a.md"), file("b.md")])

    assert plan == Plan(unchanged=("a.md", "b.md"))
    assert plan.empty


def test_a_copy_that_has_gone_is_removed():
    assert make_plan(records(record("a.md"), copy("b.md", "a.md")), [file("a.md")]) == Plan(
        removed=("b.md",), unchanged=("a.md",)
    )


def test_when_the_first_file_goes_its_copy_is_read_in_its_place():
    assert make_plan(records(record("a.md"), copy("b.md", "a.md")), [file("b.md")]) == Plan(
        changed=("b.md",), removed=("a.md",)
    )


def test_when_the_first_file_changes_its_copy_is_read_too():
    before = records(record("a.md"), copy("b.md", "a.md"), copy("c.md", "a.md"))

    assert make_plan(before, [file("a.md", "2"), file("b.md"), file("c.md")]) == Plan(
        changed=("a.md", "b.md"), duplicates=(("c.md", "b.md"),)
    )


def test_a_copy_under_a_smaller_path_takes_the_document_over():
    plan = make_plan(records(record("b.md")), [file("a.md"), file("b.md")])

    assert plan == Plan(renamed=(("b.md", "a.md"),), duplicates=(("b.md", "a.md"),))
    assert plan.dropped == ("b.md",)


def test_a_document_that_becomes_a_copy_is_dropped():
    plan = make_plan(records(record("a.md"), record("b.md", "2")), [file("a.md"), file("b.md")])

    assert plan == Plan(unchanged=("a.md",), duplicates=(("b.md", "a.md"),))
    assert plan.dropped == ("b.md",)


def test_a_copy_of_a_file_that_fails_is_failing():
    before = records(record("a.md", "1", "failed", "bad"), copy("b.md", "a.md", state="failed"))

    assert make_plan(before, [file("a.md"), file("b.md")]) == Plan(failing=("a.md", "b.md"))


def test_the_same_bytes_under_another_ending_are_another_document():
    assert make_plan({}, [file("a.md"), file("a.txt")]) == Plan(added=("a.md", "a.txt"))


def test_of_several_files_of_the_same_content_the_first_by_path_are_paired():
    before = records(record("d.md"), record("c.md"))

    assert make_plan(before, [file("z.txt"), file("y.markdown"), file("x.md")]) == Plan(
        added=("z.txt",), renamed=(("c.md", "x.md"), ("d.md", "y.markdown"))
    )
    assert make_plan(before, [file("x.md")]) == Plan(renamed=(("c.md", "x.md"),), removed=("d.md",))


def test_files_that_swap_their_contents_are_changed():
    before = records(record("a.md", "1"), record("b.md", "2"))

    assert make_plan(before, [file("a.md", "2"), file("b.md", "1")]) == Plan(changed=("a.md", "b.md"))


def test_a_file_that_failed_is_not_read_again_until_it_changes():
    before = records(record("a.md", "1", "failed", "is empty"))

    assert make_plan(before, [file("a.md", "1")]) == Plan(failing=("a.md",))
    assert make_plan(before, [file("a.md", "1")]).empty
    assert make_plan(before, [file("a.md", "2")]) == Plan(changed=("a.md",))


def test_a_file_that_failed_is_read_under_its_new_path_as_added():
    before = records(record("a.md", "1", "failed", "is empty"))

    assert make_plan(before, [file("b.md", "1")]) == Plan(added=("b.md",), removed=("a.md",))


def test_a_file_that_stays_unreadable_for_the_same_reason_is_failing():
    before = records(record("a.md", None, "failed", "cannot be read: Permission denied"))

    assert make_plan(before, [unreadable("a.md")]) == Plan(failing=("a.md",))
    assert make_plan(before, [unreadable("a.md", "is not a regular file")]) == Plan(changed=("a.md",))
    assert make_plan(before, [file("a.md", "1")]) == Plan(changed=("a.md",))


def test_a_file_that_becomes_unreadable_is_changed():
    assert make_plan(records(record("a.md")), [unreadable("a.md")]) == Plan(changed=("a.md",))


def test_an_unreadable_file_is_never_taken_for_a_renamed_one():
    before = records(record("a.md", None, "failed", "is not a regular file"))

    assert make_plan(before, [unreadable("b.md", "is not a regular file")]) == Plan(added=("b.md",), removed=("a.md",))


def test_a_rebuild_adds_every_file_and_says_why():
    plan = make_plan(records(record("a.md"), record("b.md")), [file("c.md", "2"), file("a.md")], ["asked for"])

    assert plan == Plan(added=("a.md", "c.md"), rebuild=("asked for",))
    assert not plan.empty


def test_a_rebuild_of_an_empty_corpus_is_no_empty_plan():
    assert not make_plan({}, [], ["there is no index yet"]).empty


def test_what_is_read_and_what_is_dropped_follow_from_the_lists():
    plan = Plan(added=("d",), changed=("b",), renamed=(("z", "a"),), removed=("c",), unchanged=("u",), failing=("f",))

    assert plan.read == ("a", "b", "d")
    assert plan.dropped == ("b", "c", "z")


def test_a_plan_is_given_as_json_types():
    assert Plan(renamed=(("a", "b"),)).to_dict()["renamed"] == (("a", "b"),)


paths = st.sampled_from([f"{letter}.md" for letter in "abcdefgh"])
hashes = st.sampled_from(["1", "2", "3", None])
nows = st.dictionaries(paths, hashes, max_size=8).map(
    lambda found: [file(path, sha, None if sha else "bad") for path, sha in found.items()]
)
reasons = st.sampled_from([(), ("asked for",)])


def after(plan, before, now):
    """The records after the plan; content 3 is what cannot be read as a document."""
    contents = {one.path: one.sha256 for one in now}
    bad = (None, "3")
    built = {
        path: record(path, contents[path], *(("failed", "bad") if contents[path] in bad else ("indexed",)))
        for path in plan.read
    }
    return all_records(plan, now, {} if plan.rebuild else before, built)


befores = nows.map(lambda found: after(make_plan({}, found), {}, found))


def documents(files):
    return {path for path, one in files.items() if one.of is None}


@given(befores, nows, reasons)
def test_a_plan_applied_to_the_documents_before_gives_those_of_the_files_now(before, now, rebuild):
    plan = make_plan(before, now, rebuild)
    kept = set() if plan.rebuild else documents(before) - set(plan.dropped)

    assert kept | set(plan.read) == {path for path, first in first_paths(now).items() if path == first}
    assert not kept & set(plan.read)


@given(befores, nows, reasons)
def test_every_file_now_is_in_exactly_one_list(before, now, rebuild):
    plan = make_plan(before, now, rebuild)

    lists = [
        *plan.added,
        *plan.changed,
        *(new for _, new in plan.renamed),
        *plan.unchanged,
        *plan.failing,
        *(path for path, _ in plan.duplicates),
    ]
    assert sorted(lists) == sorted(one.path for one in now)


@given(befores, nows)
def test_every_file_before_is_kept_changed_renamed_a_copy_or_removed_once(before, now):
    plan = make_plan(before, now)

    renamed = [old for old, _ in plan.renamed]
    copies = [path for path, _ in plan.duplicates if path in before and path not in renamed]
    assert sorted([*plan.changed, *renamed, *plan.removed, *plan.unchanged, *plan.failing, *copies]) == sorted(before)


@given(befores, nows, st.randoms(use_true_random=False))
def test_the_order_of_the_files_does_not_matter(before, now, random):
    shuffled = random.sample(now, len(now))
    turned = dict(random.sample(sorted(before.items()), len(before)))

    assert make_plan(turned, shuffled) == make_plan(before, now)


@given(befores, nows)
def test_a_renamed_file_was_indexed_with_the_same_content(before, now):
    contents = {one.path: one.sha256 for one in now}

    for old, new in make_plan(before, now).renamed:
        assert before[old].state == "indexed"
        assert before[old].sha256 == contents[new] is not None


@given(befores, nows, reasons)
def test_after_an_update_every_file_has_its_record_and_the_next_plan_is_empty(before, now, rebuild):
    records_after = after(make_plan(before, now, rebuild), before, now)

    assert set(records_after) == {one.path for one in now}
    assert make_plan(records_after, now).empty


@given(befores, nows)
def test_the_records_after_an_update_do_not_depend_on_those_before(before, now):
    assert after(make_plan(before, now), before, now) == after(make_plan({}, now), {}, now)


@given(nows)
def test_a_copy_stands_for_the_smallest_path_of_its_content(now):
    contents = {one.path: one.sha256 for one in now}
    for path, one in after(make_plan({}, now), {}, now).items():
        same = [other for other, sha256 in contents.items() if sha256 == contents[path] is not None]
        assert (one.of or path) == min(same, default=path)
