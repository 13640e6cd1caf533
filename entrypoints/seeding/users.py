"""Users of the store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from application.users.get_user import GetUser, UserQuery
from application.users.update_user import UpdateUser, UpdateUserCommand
from domain.ids import MediaId, StoreId, UserId
from domain.users.user import User, UserNotFound
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key
from entrypoints.seeding.material import Flaw, Material, unsuited


class UserEntry(Entry, frozen=True):
    avatar: Key | None = None


def _rules(entry: UserEntry, material: Material) -> Iterator[Flaw]:
    now = datetime.now(UTC)
    user = User.introduce(user_id=UserId(uuid4()), store_id=StoreId(uuid4()), now=now)
    user.show(material.media_id(entry.avatar) if entry.avatar else None, now=now)
    return unsuited(user.uses_beyond([]), material)


class UserLoader(Loader[UserEntry]):
    """Identities come from elsewhere: here their ids follow from store and key."""

    def __init__(self, tools: SeedTools) -> None:
        self._tools = tools
        box = tools.toolbox
        self._get = GetUser(begin=box.begin)
        self._update = UpdateUser(begin=box.begin, reconcile=box.reconcile, clock=box.clock)

    async def find(self, entry: UserEntry) -> UUID | None:
        user_id = UserId(self._tools.foreign_id("users", entry.key))
        try:
            return (await self._get(UserQuery(principal=self._tools.principal, user_id=user_id))).id
        except UserNotFound:
            return None

    async def make(self, entry: UserEntry) -> UUID:
        """By what they do themselves users become known."""
        user_id = UserId(self._tools.foreign_id("users", entry.key))
        avatar = MediaId(self._tools.loaded.id_of("media", entry.avatar)) if entry.avatar else None
        themselves = replace(self._tools.principal, user_id=user_id)
        command = UpdateUserCommand(principal=themselves, user_id=user_id, avatar_media_id=avatar)
        return (await self._update(command)).id


USERS = Context(name="users", entry=UserEntry, loader=UserLoader, references={"avatar": "media"}, rules=_rules)
