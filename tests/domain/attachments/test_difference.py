"""What a change of references means to the ledger."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.attachments.diff import difference
from domain.ids import MediaId
from tests.builders import IDS

A, B, C, D = (MediaId(IDS.new()) for _ in range(4))
references = st.lists(st.sampled_from([A, B, C, D]), max_size=8)


@given(references, references)
def test_the_old_with_what_came_and_without_what_went_is_the_new(old: list[MediaId], new: list[MediaId]) -> None:
    found = difference(old, new)

    assert (set(old) | set(found.added)) - set(found.removed) == set(new)
    assert set(found.added) == set(new) - set(old)
    assert set(found.removed) == set(old) - set(new)


@given(references, references)
def test_each_is_named_once_in_the_order_in_which_it_was_first_named(old: list[MediaId], new: list[MediaId]) -> None:
    found = difference(old, new)

    assert list(found.added) == [media_id for media_id in dict.fromkeys(new) if media_id not in old]
    assert list(found.removed) == [media_id for media_id in dict.fromkeys(old) if media_id not in new]


@given(references, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_is_a_change(old: list[MediaId], random: Random) -> None:
    new = [*old, *old]
    random.shuffle(new)

    assert difference(old, new).is_empty
    assert difference(new, old).is_empty


@given(references, references)
def test_the_way_back_undoes_it(old: list[MediaId], new: list[MediaId]) -> None:
    there, back = difference(old, new), difference(new, old)

    assert (there.added, there.removed) == (back.removed, back.added)
    assert there.is_empty == (set(old) == set(new))


@given(references)
def test_from_nothing_all_come_and_to_nothing_all_go(media_ids: list[MediaId]) -> None:
    each_once = tuple(dict.fromkeys(media_ids))

    assert (difference([], media_ids).added, difference([], media_ids).removed) == (each_once, ())
    assert (difference(media_ids, []).added, difference(media_ids, []).removed) == ((), each_once)


@given(references)
def test_whatever_can_be_gone_through_once_will_do(media_ids: list[MediaId]) -> None:
    assert difference(iter(media_ids), iter([A])) == difference(media_ids, [A])
