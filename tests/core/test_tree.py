"""Which record follows which, and when a person went back."""

from __future__ import annotations

import msgspec
import pytest

from clearhead.core.tree import LARGEST, Rewind, Tree, TreeState


def chain(tree: Tree, *names: str, parent: str | None = None) -> None:
    for name in names:
        tree.add(name, parent)
        parent = name


def test_a_prompt_after_another_is_no_rewind() -> None:
    tree = Tree()
    assert tree.prompt("p1", None, 0, None) is None
    chain(tree, "a1", parent="p1")
    assert tree.prompt("p2", "a1", 2, 100) is None
    assert tree.branch("p2") == 0


def test_two_children_without_a_prompt_are_no_rewind() -> None:
    """Parallel tools and hooks give a record two children."""
    tree = Tree()
    tree.prompt("p1", None, 0, None)
    chain(tree, "call", parent="p1")
    chain(tree, "result-1", parent="call")
    chain(tree, "result-2", "a2", parent="call")
    assert tree.prompt("p2", "a2", 5, None) is None
    assert tree.prompt("p3", "result-1", 6, None) is None


def test_a_prompt_below_a_record_that_another_prompt_followed_is_a_rewind() -> None:
    tree = Tree()
    tree.prompt("p1", None, 0, None)
    chain(tree, "a1", parent="p1")
    tree.prompt("p2", "a1", 2, 100)
    chain(tree, "a2", parent="p2")
    assert tree.prompt("p2b", "a1", 4, 900) == Rewind(branch=1, parent=0, cut=2, fill=100)
    assert (tree.branch("p2b"), tree.add("a2b", "p2b")) == (1, 1)


def test_a_second_rewind_to_the_same_point_leaves_the_first_prompt_again() -> None:
    tree = Tree()
    tree.prompt("p1", None, 0, None)
    chain(tree, "a1", parent="p1")
    tree.prompt("p2", "a1", 2, 100)
    tree.prompt("p2b", "a1", 4, None)
    assert tree.prompt("p2c", "a1", 6, None) == Rewind(branch=2, parent=0, cut=2, fill=100)


def test_a_rewind_inside_a_branch_leaves_that_branch() -> None:
    tree = Tree()
    tree.prompt("p1", None, 0, None)
    chain(tree, "a1", parent="p1")
    tree.prompt("p2", "a1", 2, None)
    tree.prompt("p2b", "a1", 4, None)
    chain(tree, "a2b", parent="p2b")
    tree.prompt("p3", "a2b", 6, 300)
    assert tree.prompt("p3b", "a2b", 8, None) == Rewind(branch=2, parent=1, cut=6, fill=300)


def test_a_rewind_to_the_very_start_has_no_parent() -> None:
    tree = Tree()
    tree.prompt("p1", None, 0, None)
    chain(tree, "a1", parent="p1")
    tree.prompt("p2", "a1", 2, None)
    assert tree.prompt("p1b", None, 4, None) == Rewind(branch=1, parent=0, cut=0, fill=None)
    chain(tree, "a1b", parent="p1b")
    assert tree.prompt("p1c", None, 6, None) == Rewind(branch=2, parent=0, cut=0, fill=None)


def test_a_file_that_names_no_parents_has_no_rewinds() -> None:
    tree = Tree()
    assert tree.prompt("p1", None, 0, None) is None
    tree.add("a1", None)
    assert tree.prompt("p2", None, 2, None) is None


def test_a_parent_that_is_missing_is_no_rewind_and_stays_on_the_live_branch() -> None:
    tree = Tree()
    tree.prompt("p1", "before-the-slice", 0, None)
    chain(tree, "a1", parent="p1")
    assert tree.prompt("p2", "also-missing", 2, None) is None
    assert tree.branch("p2") == tree.live == 0


def test_a_record_that_comes_again_keeps_its_place() -> None:
    tree = Tree()
    tree.prompt("p1", None, 0, None)
    chain(tree, "a1", parent="p1")
    tree.prompt("p2", "a1", 2, None)
    tree.prompt("p2b", "a1", 4, None)
    assert tree.add("p2", "p2b") == 0
    assert tree.prompt("p2b", "a1", 9, None) is None


def test_taking_a_branch_is_told_once() -> None:
    tree = Tree()
    assert [tree.take(1), tree.take(1), tree.take(0)] == [True, False, True]


def test_more_rewinds_than_there_are_numbers_stay_on_one_line() -> None:
    tree = Tree()
    tree.prompt("p", None, 0, None)
    chain(tree, "a", parent="p")
    tree.prompt("q", "a", 1, None)
    for number in range(LARGEST + 5):
        tree.prompt(f"r{number}", "a", number, None)
    assert tree.branch(f"r{LARGEST + 4}") == 0


def test_a_tree_goes_on_from_its_frozen_state() -> None:
    tree = Tree()
    tree.prompt("p1", None, 0, None)
    chain(tree, "a1", parent="p1")
    tree.prompt("p2", "a1", 2, 100)
    frozen = msgspec.msgpack.encode(tree.freeze())
    again = Tree.thaw(msgspec.msgpack.decode(frozen, type=TreeState))
    rewind = again.prompt("p2b", "a1", 4, None)
    assert rewind == tree.prompt("p2b", "a1", 4, None) == Rewind(1, 0, 2, 100)
    assert again.prompt("p1b", None, 6, None) == tree.prompt("p1b", None, 6, None)


def test_a_state_whose_columns_differ_is_refused() -> None:
    tree = Tree()
    tree.prompt("p1", None, 0, None)
    state = msgspec.structs.replace(tree.freeze(), parents=b"")
    with pytest.raises(ValueError, match="differ"):
        Tree.thaw(state)
