from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from application.attachment_sets.get_owner import ShownOwner
from application.attachment_sets.list_owners import OwnerPage
from domain.kits.kit import Kit
from domain.parts.part import Part
from entrypoints.http.reading.cursor import encode_cursor


class _Answer(msgspec.Struct, rename="camel"):
    pass


class _OwnerBody(_Answer, kw_only=True):
    name: str
    attachment_set_id: UUID
    cover_url: Annotated[str | None, Meta(description="A picture of its cover, for a while; null where there is none.")]
    created_at: datetime
    updated_at: datetime


class PartBody(_OwnerBody):
    part_id: UUID


class KitBody(_OwnerBody):
    kit_id: UUID


class PartPageBody(_Answer):
    """Newest first; `nextCursor` is null on the last page."""

    parts: list[PartBody]
    next_cursor: str | None


class KitPageBody(_Answer):
    """Newest first; `nextCursor` is null on the last page."""

    kits: list[KitBody]
    next_cursor: str | None


def part_body(shown: ShownOwner[Part]) -> PartBody:
    return PartBody(shown.owner.id, **_fields(shown))


def kit_body(shown: ShownOwner[Kit]) -> KitBody:
    return KitBody(shown.owner.id, **_fields(shown))


def part_page_body(page: OwnerPage[Part]) -> PartPageBody:
    return PartPageBody([part_body(each) for each in page.owners], _next_cursor(page))


def kit_page_body(page: OwnerPage[Kit]) -> KitPageBody:
    return KitPageBody([kit_body(each) for each in page.owners], _next_cursor(page))


def _fields(shown: ShownOwner[Any]) -> dict[str, Any]:
    owner = shown.owner
    return {
        "name": owner.name,
        "attachment_set_id": owner.attachment_set_id,
        "cover_url": shown.cover_url,
        "created_at": owner.created_at,
        "updated_at": owner.updated_at,
    }


def _next_cursor(page: OwnerPage[Any]) -> str | None:
    return encode_cursor(page.next_before) if page.next_before else None
