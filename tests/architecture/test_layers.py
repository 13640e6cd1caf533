"""The arrows point inwards, and each driver stays in its own package."""

import tomllib
from collections import defaultdict

import pytest
from importlinter.cli import lint_imports

from entrypoints.media_consumers.media_consumer import MediaConsumer
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.architecture.imports import LAYERS, ROOT, Import, imports_of

DRIVERS = [
    *("asyncpg", "sqlalchemy", "aioboto3", "aiobotocore", "botocore", "aiokafka"),
    *("pyvips", "pillow_heif", "pypdfium2", "av", "imageio_ffmpeg"),
    *("jwt", "standardwebhooks", "prometheus_client", "opentelemetry", "structlog", "uuid_utils"),
]
DEMO = "entrypoints.cli."
"""The command line is a client too, and looks into the files that its user wants to send."""
ALLOWED = {"domain": {"domain"}, "application": {"application", "domain"}}


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("consumer", MEDIA_CONSUMERS, ids=lambda consumer: consumer.name)
def test_no_consumer_of_media_knows_another(consumer: MediaConsumer) -> None:
    package = "**." + consumer.name.replace(" ", "_")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    theirs = [contract for contract in contracts if contract["name"].endswith("no other consumer of media")]

    (own,) = [contract for contract in theirs if package in contract["source_modules"]]
    assert [each["name"] for each in theirs if each is not own and package not in each["forbidden_modules"]] == []
    (core,) = [
        contract for contract in contracts if contract["name"] == "Media, the ledger and the audit know no consumer"
    ]
    assert package in core["forbidden_modules"]


@pytest.mark.parametrize("layer", ALLOWED)
def test_the_inner_layers_know_the_standard_library_and_nothing_else(layer: str) -> None:
    found = imports_of(layer)
    assert found, "no module was read"
    foreign = [each for each in found if not each.is_standard_library and each.package not in ALLOWED[layer]]
    assert foreign == []


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_is_imported_by_one_adapter_alone(driver: str) -> None:
    users = defaultdict(list)
    for layer in LAYERS:
        for each in imports_of(layer):
            if each.package == driver and not each.module.startswith(DEMO):
                users[_home(each)].append(each.module)
    assert len(users) == 1, dict(users)
    assert next(iter(users)).startswith("adapters.")


def _home(found: Import) -> str:
    """An adapter's package, or the layer of anything else."""
    parts = found.module.split(".")
    return ".".join(parts[:2]) if parts[0] == "adapters" else parts[0]
