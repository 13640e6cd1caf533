"""Where a page of the library is looked up: lists of media, newest first, each for one combination of facets or one
beginning of a word. Decision 0020 tells why.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import BigInteger, Column, Table

from adapters.postgres.schema import ID, metadata
from domain.ids import UserId
from domain.media.content_class import ContentClass
from domain.media.kind import POLICIES, MediaKind
from domain.media.media import VISIBLE, MediaStatus
from domain.media.repository import LibraryFilter

# Written by a trigger of `media` alone. No foreign key: that trigger removes what it has written.
postings = Table(
    "media_postings",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("media_id", ID, primary_key=True),
)

LONGEST_PREFIX = 12
"""Of a longer word, this much has postings; the rest is compared."""
_STATUSES = sorted(VISIBLE)
_USAGES = ("used", "unused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What the database makes a key of, together with the store (`media_posting_key`). `type` is a MIME type or a
    content class, `user_id` the uploader. `cell` is kind, status and use; beside a `word`, kind and content class.
    """

    cell: str
    folder: str | None = None
    type: str | None = None
    user_id: UserId | None = None
    word: str | None = None


def lists_of(wanted: LibraryFilter) -> Sequence[Sequence[Posting]]:
    """Each list of postings holds all that is wanted, and more; what is in all of them is it, but for long words.

    One list is the rule. Words need one each, and one more if they are not all that is asked for.
    """
    words = [list(_postings_of_word(wanted, word)) for word in sorted(wanted.words)]
    if words and not _has_more_than_words(wanted):
        return words
    return [*words, list(_postings_of_facets(wanted))]


def _has_more_than_words(wanted: LibraryFilter) -> bool:
    """Kind and content class go with each word."""
    return wanted.unused or any(
        value is not None for value in (wanted.folder, wanted.mime_type, wanted.status, wanted.user_id)
    )


def _postings_of_facets(wanted: LibraryFilter) -> Iterator[Posting]:
    statuses: Iterable[MediaStatus] = _STATUSES if wanted.status is None else [wanted.status]
    usages = _USAGES[1:] if wanted.unused else _USAGES
    for kind, reader in _kinds_with_reader(wanted):
        if reader is not None and wanted.user_id not in {None, reader}:
            continue
        for status, usage in product(statuses, usages):
            yield Posting(
                cell=f"{kind}/{status}/{usage}",
                folder=wanted.folder,
                type=wanted.mime_type or wanted.content_class,
                user_id=reader or wanted.user_id,
            )


def _postings_of_word(wanted: LibraryFilter, word: str) -> Iterator[Posting]:
    classes: Iterable[ContentClass] = ContentClass if wanted.content_class is None else [wanted.content_class]
    for kind, reader in _kinds_with_reader(wanted):
        for content_class in classes:
            yield Posting(cell=f"{kind}/{content_class}", user_id=reader, word=word[:LONGEST_PREFIX])


def _kinds_with_reader(wanted: LibraryFilter) -> Iterator[tuple[MediaKind, UserId | None]]:
    """With the user whose media alone are shown, where not all of that kind are."""
    for kind in MediaKind if wanted.kind is None else [wanted.kind]:
        yield kind, wanted.confidential_of if POLICIES[kind].confidential else None


def columns_of(lists: Sequence[Sequence[Posting]]) -> dict[str, list[Any]]:
    """Side by side, with the number of the list that each is of."""
    numbered = [(number, posting) for number, each in enumerate(lists) for posting in each]
    return {
        "lists": [number for number, _ in numbered],
        "cells": [posting.cell for _, posting in numbered],
        "folders": [posting.folder for _, posting in numbered],
        "types": [posting.type for _, posting in numbered],
        "users": [posting.user_id for _, posting in numbered],
        "prefixes": [posting.word for _, posting in numbered],
    }
