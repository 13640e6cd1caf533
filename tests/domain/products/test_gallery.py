"""Whatever is done to a gallery, in any order: no use twice, one main image for the product and each variant."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Rejected
from domain.ids import MediaId, ProductMediaId, VariantId
from domain.products.gallery import MOST_MEDIA, Gallery, ProductMedia, UsageType
from tests.builders import IDS

_MEDIA = [MediaId(IDS.new()) for _ in range(4)]
_VARIANTS = [None, VariantId(IDS.new()), VariantId(IDS.new())]


def entry(media: int = 0, usage_type: UsageType = UsageType.GALLERY, variant: int = 0) -> ProductMedia:
    return ProductMedia(
        id=ProductMediaId(IDS.new()), media_id=_MEDIA[media], usage_type=usage_type, variant_id=_VARIANTS[variant]
    )


_entries = st.builds(
    entry,
    media=st.integers(0, 3),
    usage_type=st.sampled_from([each for each in UsageType if each is not UsageType.VARIANT]),
    variant=st.integers(0, 2),
)
_steps = st.one_of(
    st.tuples(st.just("attach"), _entries, st.integers(0, 5)),
    st.tuples(st.just("main"), _entries, st.just(0)),
    st.tuples(st.just("detach"), _entries, st.just(0)),
    st.tuples(st.just("reverse"), _entries, st.just(0)),
)


def _after(gallery: Gallery, step: str, one: ProductMedia, place: int) -> Gallery:
    match step:
        case "attach":
            return gallery.with_entry(one, place=place)
        case "main":
            return gallery.with_main(one)
        case "detach":
            return gallery.without(one.media_id)
        case _:
            return gallery.reordered([each.id for each in gallery][::-1])


@given(st.lists(_steps, max_size=30))
def test_the_rules_hold_after_every_step(steps: list[tuple[str, ProductMedia, int]]) -> None:
    gallery = Gallery()
    for step, one, place in steps:
        gallery = _after(gallery, step, one, place)
        assert Gallery.of(list(gallery)) == gallery
        mains = Counter(each.variant_id for each in gallery if each.usage_type is UsageType.MAIN_IMAGE)
        assert all(number == 1 for number in mains.values())
        if step == "main":
            assert one.media_id in {each.media_id for each in gallery.of_type(UsageType.MAIN_IMAGE)}
        if step == "detach":
            assert one.media_id not in gallery.media_ids


@given(st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True))
def test_a_main_image_is_demoted_not_lost(chosen: list[int]) -> None:
    gallery = Gallery()
    for media in chosen:
        gallery = gallery.with_main(entry(media))

    assert set(gallery.media_ids) == {_MEDIA[media] for media in chosen}
    assert [each.media_id for each in gallery.of_type(UsageType.MAIN_IMAGE)] == [_MEDIA[chosen[-1]]]


@pytest.mark.parametrize("other", [UsageType.SWATCH, UsageType.THUMBNAIL])
def test_a_main_image_takes_no_other_use_away(other: UsageType) -> None:
    gallery = Gallery((entry(0, other), entry(1)))

    assert [(each.media_id, each.usage_type) for each in gallery.with_main(entry(0))] == [
        (_MEDIA[0], UsageType.MAIN_IMAGE),
        (_MEDIA[0], other),
        (_MEDIA[1], UsageType.GALLERY),
    ]


def test_media_of_a_variant_name_their_variant() -> None:
    with pytest.raises(Rejected) as refused:
        Gallery.of([entry(usage_type=UsageType.VARIANT)])

    assert [each.pointer for each in refused.value.violations] == ["/media/0/variantId"]


def test_there_is_an_end_to_it() -> None:
    many = [ProductMedia(id=ProductMediaId(IDS.new()), media_id=MediaId(IDS.new())) for _ in range(MOST_MEDIA + 1)]

    with pytest.raises(Rejected) as refused:
        Gallery.of(many)

    assert [each.code for each in refused.value.violations] == ["COUNT"]
    assert len(Gallery.of(many[1:])) == MOST_MEDIA
