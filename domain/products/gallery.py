"""The media of a product: which, as what, in which order."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.errors import Rejected, Violation
from domain.ids import MediaId, ProductMediaId, VariantId
from domain.media.kind import SHOWPIECES, WEB_IMAGES
from domain.media.suitability import NewUse

MOST_MEDIA = 200


class UsageType(StrEnum):
    MAIN_IMAGE = "main_image"
    GALLERY = "gallery"
    VARIANT = "variant"
    THUMBNAIL = "thumbnail"
    SWATCH = "swatch"


_PICTURES = frozenset({UsageType.MAIN_IMAGE, UsageType.GALLERY, UsageType.VARIANT})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductMedia:
    """One media in one use. `variant_id` is None for the product as a whole."""

    id: ProductMediaId
    media_id: MediaId
    usage_type: UsageType = UsageType.GALLERY
    variant_id: VariantId | None = None

    def shows(self, other: "ProductMedia") -> bool:
        """True when both say the same of the same media."""
        return (self.media_id, self.usage_type, self.variant_id) == (
            other.media_id,
            other.usage_type,
            other.variant_id,
        )

    def demoted(self) -> "ProductMedia":
        """What becomes of a main image that is main no longer."""
        return replace(self, usage_type=UsageType.VARIANT if self.variant_id else UsageType.GALLERY)


@dataclass(frozen=True, slots=True)
class Gallery:
    """In the order of display, which therefore has no gaps: a place is a position, from 0. At most one main image for
    the product and for each variant; no use occurs twice.
    """

    entries: tuple[ProductMedia, ...] = ()

    def __iter__(self) -> Iterator[ProductMedia]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def of(cls, entries: Sequence[ProductMedia]) -> "Gallery":
        """Raises Rejected with everything that is wrong with it."""
        violations = list(_violations(entries))
        if violations:
            raise Rejected("the media of a product break rules; see errors", violations)
        return cls(tuple(entries))

    @property
    def media_ids(self) -> list[MediaId]:
        """Each once, as the ledger wants them."""
        return list(dict.fromkeys(entry.media_id for entry in self.entries))

    def of_type(self, usage_type: UsageType | None) -> list[ProductMedia]:
        return [entry for entry in self.entries if usage_type is None or entry.usage_type is usage_type]

    def uses_beyond(self, before: "Gallery", *, at: str | None) -> list[NewUse]:
        """Of media that are new to it, and of main images that were none."""
        known = set(before.media_ids)
        mains = {(entry.media_id, entry.variant_id) for entry in before.of_type(UsageType.MAIN_IMAGE)}
        uses = []
        for place, entry in enumerate(self.entries):
            is_main = entry.usage_type is UsageType.MAIN_IMAGE
            if entry.media_id not in known or (is_main and (entry.media_id, entry.variant_id) not in mains):
                accepted = WEB_IMAGES if is_main else SHOWPIECES
                uses.append(NewUse(at or f"/media/{place}/mediaId", entry.media_id, accepted))
        return uses

    def with_entry(self, new: ProductMedia, *, place: int | None) -> "Gallery":
        """Put in at `place`, those behind move up; at the end when there is no such place. What is shown in this way
        already stays as it is. A main image demotes the one before it.
        """
        if any(new.shows(entry) for entry in self.entries):
            return self
        entries = list(self._without_main(new.variant_id) if new.usage_type is UsageType.MAIN_IMAGE else self.entries)
        entries.insert(len(entries) if place is None else place, new)
        return Gallery.of(entries)

    def with_main(self, new: ProductMedia) -> "Gallery":
        """The media of `new` becomes the main image where it is shown already, else it is put in first. What is no
        picture of its own, such as a swatch, stays beside it.
        """
        main = replace(new, usage_type=UsageType.MAIN_IMAGE)
        demoted = self._without_main(new.variant_id)
        for place, entry in enumerate(demoted):
            same = (entry.media_id, entry.variant_id) == (new.media_id, new.variant_id)
            if same and entry.usage_type in _PICTURES:
                kept = replace(entry, usage_type=UsageType.MAIN_IMAGE)
                return Gallery.of(_distinct([*demoted[:place], kept, *demoted[place + 1 :]]))
        return Gallery.of(_distinct([main, *demoted]))

    def without(self, media_id: MediaId, usage_type: UsageType | None = None) -> "Gallery":
        """Every use of it, or those of one type; the others close up."""
        return Gallery(
            tuple(
                entry
                for entry in self.entries
                if entry.media_id != media_id or (usage_type is not None and entry.usage_type is not usage_type)
            )
        )

    def reordered(self, ids: Sequence[ProductMediaId]) -> "Gallery":
        """In the order of `ids`, which names each entry once. Raises Rejected."""
        by_id = {entry.id: entry for entry in self.entries}
        violations = list(_order_violations(ids, by_id.keys()))
        if violations:
            raise Rejected("an order names all media of the product, each once", violations)
        return Gallery(tuple(by_id[each] for each in ids))

    def _without_main(self, variant_id: VariantId | None) -> list[ProductMedia]:
        return _distinct(
            [
                entry.demoted()
                if entry.usage_type is UsageType.MAIN_IMAGE and entry.variant_id == variant_id
                else entry
                for entry in self.entries
            ]
        )


def _distinct(entries: Sequence[ProductMedia]) -> list[ProductMedia]:
    """A demoted image may say what another entry says already; the first one stays."""
    kept: dict[tuple[MediaId, UsageType, VariantId | None], ProductMedia] = {}
    for entry in entries:
        kept.setdefault((entry.media_id, entry.usage_type, entry.variant_id), entry)
    return list(kept.values())


def _violations(entries: Sequence[ProductMedia]) -> Iterator[Violation]:
    if len(entries) > MOST_MEDIA:
        yield Violation("/media", "COUNT", f"at most {MOST_MEDIA} media a product; this has {len(entries)}")
    uses: Counter[tuple[MediaId, UsageType, VariantId | None]] = Counter()
    mains: Counter[VariantId | None] = Counter()
    for place, entry in enumerate(entries):
        use = (entry.media_id, entry.usage_type, entry.variant_id)
        uses[use] += 1
        if uses[use] > 1:
            yield Violation(f"/media/{place}", "DUPLICATE_USE", f"media {entry.media_id} is {entry.usage_type} twice")
        if entry.usage_type is UsageType.VARIANT and entry.variant_id is None:
            yield Violation(f"/media/{place}/variantId", "MISSING_FIELD", "which variant does it show?")
        if entry.usage_type is UsageType.MAIN_IMAGE:
            mains[entry.variant_id] += 1
            if mains[entry.variant_id] > 1:
                whose = f"variant {entry.variant_id}" if entry.variant_id else "the product"
                yield Violation(f"/media/{place}/usageType", "SECOND_MAIN_IMAGE", f"{whose} has a main image already")


def _order_violations(ids: Sequence[ProductMediaId], known: Collection[ProductMediaId]) -> Iterator[Violation]:
    times = Counter(ids)
    for place, each in enumerate(ids):
        if each not in known:
            yield Violation(f"/productMediaIds/{place}", "UNKNOWN_ID", f"{each} is no media of this product")
    repeated = [str(each) for each, number in times.items() if number > 1]
    if repeated:
        yield Violation("/productMediaIds", "DUPLICATE_ID", f"these occur more than once: {', '.join(repeated)}")
    missing = [str(each) for each in known if each not in times]
    if missing:
        yield Violation("/productMediaIds", "MISSING_ID", f"these are missing: {', '.join(missing)}")
