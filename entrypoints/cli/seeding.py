"""Fixtures on their way into a store, as people see it."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from adapters.postgres.advisory_lock import advisory_lock
from domain.ids import StoreId
from domain.principal import Principal
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.identity import ALL_ROLES, DEMO_USER, signed_token
from entrypoints.cli.terminal import notices, output
from entrypoints.seeding.context import SeedTools
from entrypoints.seeding.fixture_set import BUILT_IN, FixtureSet, read_fixture_set
from entrypoints.seeding.problem import BrokenFixtures
from entrypoints.seeding.seeder import EntryRefused, Tally, seed
from entrypoints.serving import toolbox
from entrypoints.settings import Settings
from entrypoints.vitrine import Vitrine, open_seeder

_SHOWN = ("parts", "products", "media")


def check_fixtures(folder: Path | None, settings: Settings) -> FixtureSet | None:
    """None once every mistake has been told."""
    console = notices()
    try:
        fixture_set = read_fixture_set(folder or BUILT_IN, settings)
    except BrokenFixtures as broken:
        for problem in broken.problems:
            console.print(f"[red]✗[/red] {escape(str(problem))}", soft_wrap=True)
        count = len(broken.problems)
        console.print(f"{count} {'mistake' if count == 1 else 'mistakes'}; nothing was loaded.")
        return None
    console.print(f"[green]✓[/green] {fixture_set.size} entries, and every reference among them leads somewhere.")
    return fixture_set


async def seed_store(settings: Settings, fixture_set: FixtureSet, store: UUID) -> None:
    """Raises CommandFailed, and what opening the services raises."""
    principal = Principal(user_id=DEMO_USER, store_id=StoreId(store), roles=ALL_ROLES)
    name = f"vitrine.seed {store}"
    async with open_seeder(settings) as vitrine, advisory_lock(vitrine.services.database_url, name) as alone:
        if not alone:
            # Each would look for what the other is just making, and both would make it.
            raise CommandFailed("another `vitrine seed` is loading this store; wait until it has ended")
        with _progress() as progress:
            bar = progress.add_task("loading", total=fixture_set.size)
            try:
                tallies = await seed(_tools(vitrine, fixture_set, principal), done=lambda: progress.advance(bar))
            except EntryRefused as refused:
                raise CommandFailed(
                    f"{refused}. What comes before it is loaded; the same command goes on from there."
                ) from refused
    _print_tallies(tallies)
    _print_next(settings, principal)


def _tools(vitrine: Vitrine, fixture_set: FixtureSet, principal: Principal) -> SeedTools:
    return SeedTools(
        toolbox=toolbox(vitrine),
        create_batch=vitrine.container.create_upload_batch(),
        complete_batch=vitrine.container.complete_upload_batch(),
        store=vitrine.resources.store,
        principal=principal,
        fixtures=fixture_set.fixtures,
        files=fixture_set.files,
    )


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = notices()
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _print_tallies(tallies: Mapping[str, Tally]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("kind")
    table.add_column("loaded", justify="right")
    table.add_column("there already", justify="right")
    for name, tally in tallies.items():
        table.add_row(name, str(tally.loaded), str(tally.there))
    output().print(table)


def _print_next(settings: Settings, principal: Principal) -> None:
    try:
        token = signed_token(settings, principal)
    except CommandFailed:
        return
    console = output()
    console.print("\nA token for this store, for twelve hours, and what to ask the API with it:", style="bold")
    # Lines to copy: folding would break them.
    calls = [f'curl -H "Authorization: Bearer $TOKEN" {settings.base_url}/api/v2/{name}' for name in _SHOWN]
    for line in (f"TOKEN={token}", *calls):
        console.print(line, soft_wrap=True, markup=False)
