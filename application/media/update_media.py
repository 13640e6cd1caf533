"""What people say of a media: its name, folder and descriptions."""

from collections.abc import Collection
from dataclasses import dataclass

from application.patch import ABSENT, Patch, patched
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Rejected
from domain.ids import MediaId
from domain.media.access import require_manager, visible_to
from domain.media.errors import MediaChanged
from domain.media.media import Media
from domain.media.wording import alt_text_violations, description_violations, folder_violations, name_violations
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMediaCommand:
    """What is absent stays; None clears. `editions` are those that the caller knows, None for whatever there is."""

    principal: Principal
    media_id: MediaId
    editions: Collection[str] | None
    alt_text: Patch[str] = ABSENT
    description: Patch[str] = ABSENT
    folder: str | None = None
    original_name: str | None = None


class UpdateMedia:
    """Raises Rejected, MediaNotFound, NotPermitted, MediaChanged."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, command: UpdateMediaCommand) -> Media:
        _require_sound(command)
        async with self._begin() as tx:
            media = visible_to(await tx.media.lock(command.media_id), command.media_id, command.principal)
            require_manager(media, command.principal)
            if command.editions is not None and media.edition not in command.editions:
                raise MediaChanged(media.id)
            changed = media.update(
                alt_text=patched(command.alt_text, media.alt_text),
                description=patched(command.description, media.description),
                folder=media.folder if command.folder is None else command.folder,
                original_name=media.original_name if command.original_name is None else command.original_name,
                now=self._clock.now(),
            )
            if changed:
                await tx.media.save(media)
                await tx.commit()
        return media


def _require_sound(command: UpdateMediaCommand) -> None:
    violations = [
        *alt_text_violations("/altText", patched(command.alt_text, None)),
        *description_violations("/description", patched(command.description, None)),
        *(folder_violations("/folder", command.folder) if command.folder is not None else ()),
        *(name_violations("/originalName", command.original_name) if command.original_name is not None else ()),
    ]
    if violations:
        raise Rejected("the request breaks rules; see errors", violations)
