"""One file of fixtures: what stands in it, and how that gets into the store."""

from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID, uuid5

from application.batches.complete_upload_batch import CompleteUploadBatch
from application.batches.create_upload_batch import CreateUploadBatch
from application.ports.storage import ObjectStore
from domain.ids import StoreId
from domain.principal import Principal
from entrypoints.media_consumers.media_consumer import Toolbox
from entrypoints.seeding.entry import Entry
from entrypoints.seeding.material import Flaw, Material
from entrypoints.seeding.sample_files import SampleFiles

E = TypeVar("E", bound=Entry)
Entry_contra = TypeVar("Entry_contra", bound=Entry, contravariant=True)

Fixtures: TypeAlias = Mapping[str, Sequence[Any]]
"""The entries of each context, by its name."""


class Loader(Protocol[Entry_contra]):
    @abstractmethod
    async def find(self, entry: Entry_contra) -> UUID | None:
        """The id of what is there already."""

    @abstractmethod
    async def make(self, entry: Entry_contra) -> UUID:
        """Its id. Raises what the use cases raise."""


@dataclass(slots=True)
class Loaded:
    """What is in the store by now, and whether this run has brought it."""

    _ids: dict[tuple[str, str], UUID] = field(default_factory=dict)
    _new: set[tuple[str, str]] = field(default_factory=set)

    def note(self, context: str, key: str, found: UUID, *, new: bool) -> None:
        self._ids[context, key] = found
        if new:
            self._new.add((context, key))

    def id_of(self, context: str, key: str) -> UUID:
        return self._ids[context, key]

    def is_new(self, context: str, key: str) -> bool:
        return (context, key) in self._new


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedTools:
    """What loaders are made with."""

    toolbox: Toolbox
    create_batch: CreateUploadBatch
    complete_batch: CompleteUploadBatch
    store: ObjectStore
    principal: Principal
    fixtures: Fixtures
    files: SampleFiles
    loaded: Loaded = field(default_factory=Loaded)

    @property
    def store_id(self) -> StoreId:
        return self.principal.store_id

    def foreign_id(self, *names: str) -> UUID:
        """Of what gets its id elsewhere, such as users: the same in every run."""
        return uuid5(self.store_id, "/".join(names))


def _no_rules(_entry: Any, _material: Material) -> Iterator[Flaw]:
    return iter(())


def _by_key(entry: Entry) -> Hashable:
    return entry.key


def _as_they_stand(entries: Sequence[Any], _fixtures: Fixtures) -> Sequence[Any]:
    return entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Generic[E]):
    """`references` are fields that hold keys, by their path, and whose keys; a star stands for each item of a list.
    `identity` is what a later run knows the entry by, `known_by` is what people call that. `rules` find what is wrong
    with a well-formed entry. There are at most `most`. Without a `loader` another context brings its entries along.
    """

    name: str
    entry: type[E]
    loader: Callable[[SeedTools], Loader[E]] | None
    references: Mapping[str, str] = field(default_factory=dict)
    identity: Callable[[E], Hashable] = _by_key
    known_by: str = "key"
    rules: Callable[[E, Material], Iterator[Flaw]] = _no_rules
    order: Callable[[Sequence[E], Fixtures], Sequence[E]] = _as_they_stand
    most: int | None = None

    @property
    def file(self) -> str:
        return f"{self.name}.json"
