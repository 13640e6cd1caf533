"""What people say of a media: its name, folder and descriptions."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from application.patch import ABSENT, Patch, patched
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Rejected, Violation
from domain.ids import MediaId
from domain.media.access import require_manager, visible_to
from domain.media.errors import MediaChanged
from domain.media.media import Media
from domain.media.wording import alt_text_violations, description_violations, folder_violations, name_violations
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaChanges:
    """What is absent stays; None clears what can be cleared."""

    alt_text: Patch[str] = ABSENT
    description: Patch[str] = ABSENT
    folder: str | None = None
    original_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMediaCommand:
    """`editions` are those that the caller knows, None for whatever there is."""

    principal: Principal
    media_id: MediaId
    editions: Collection[str] | None
    changes: MediaChanges


class UpdateMedia:
    """Raises Rejected, MediaNotFound, NotPermitted, MediaChanged."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, command: UpdateMediaCommand) -> Media:
        changes = command.changes
        _require_sound(changes)
        async with self._begin() as tx:
            media = visible_to(await tx.media.lock(command.media_id), command.media_id, command.principal)
            require_manager(media, command.principal)
            if command.editions is not None and media.edition not in command.editions:
                raise MediaChanged(media.id)
            changed = media.update(
                alt_text=patched(changes.alt_text, media.alt_text),
                description=patched(changes.description, media.description),
                folder=media.folder if changes.folder is None else changes.folder,
                original_name=media.original_name if changes.original_name is None else changes.original_name,
                now=self._clock.now(),
            )
            if changed:
                await tx.media.save(media)
                await tx.commit()
        return media


def change_violations(changes: MediaChanges) -> Iterator[Violation]:
    """Pointers relative to the request."""
    yield from alt_text_violations("/altText", patched(changes.alt_text, None))
    yield from description_violations("/description", patched(changes.description, None))
    if changes.folder is not None:
        yield from folder_violations("/folder", changes.folder)
    if changes.original_name is not None:
        yield from name_violations("/originalName", changes.original_name)


def _require_sound(changes: MediaChanges) -> None:
    violations = list(change_violations(changes))
    if violations:
        raise Rejected("the request breaks rules; see errors", violations)
