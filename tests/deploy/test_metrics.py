"""Alerts and dashboard ask for what processes really expose, and rightly so."""

from collections.abc import Mapping

import pytest

from tests.deploy.exposition import families, series
from tests.deploy.queries import (
    OF_PROMETHEUS,
    TARGET_LABELS,
    Query,
    dashboard,
    grouping,
    labels_of,
    matched_labels,
    of_alerts,
    of_dashboard,
    of_handbook,
    walked,
)

ALL = [*of_alerts(), *of_dashboard(), *of_handbook()]
COUNTED = ("_total", "_bucket", "_sum", "_count")
ONE_PER_PROCESS = {"media_loop_age_seconds"}
"""Gauges that differ between processes; all others come from the database and are the same in each."""


@pytest.fixture(scope="module")
def known() -> Mapping[str, frozenset[str]]:
    return {**{name: labels | TARGET_LABELS for name, labels in series().items()}, **OF_PROMETHEUS}


def test_there_is_something_to_look_at() -> None:
    assert of_alerts()
    assert of_dashboard()
    assert of_handbook()


@pytest.mark.parametrize("query", ALL, ids=str)
def test_every_metric_that_is_asked_for_exists(query: Query, known: Mapping[str, frozenset[str]]) -> None:
    assert query.names
    assert query.names <= known.keys(), f"nobody exposes {query.names - known.keys()}"


@pytest.mark.parametrize("query", ALL, ids=str)
def test_every_label_that_is_asked_for_exists(query: Query, known: Mapping[str, frozenset[str]]) -> None:
    for selector in query.selectors:
        assert matched_labels(selector) <= known[selector.name], selector
    for aggregate in query.aggregates:
        assert grouping(aggregate) <= labels_of(aggregate.expr, known), aggregate


@pytest.mark.parametrize("query", [query for query in ALL if query.shown], ids=str)
def test_every_label_that_is_shown_is_left_after_aggregation(query: Query, known: Mapping[str, frozenset[str]]) -> None:
    assert query.shown <= labels_of(query.tree, known)


@pytest.mark.parametrize("query", ALL, ids=str)
def test_counters_are_looked_at_as_rates_and_gauges_as_they_are(query: Query) -> None:
    counters = {name for name in query.names if name.startswith(("media_", "attachment_")) and name.endswith(COUNTED)}
    assert query.rated == counters


@pytest.mark.parametrize("query", ALL, ids=str)
def test_what_every_process_tells_alike_is_not_added_up(query: Query) -> None:
    same = {name for name, kind in families().items() if kind == "gauge"} - ONE_PER_PROCESS
    for aggregate in query.aggregates:
        names = {getattr(node, "name", None) for node in walked(aggregate)}
        assert str(aggregate.op) == "max" or not names & same, aggregate
    inside = [getattr(node, "name", None) for aggregate in query.aggregates for node in walked(aggregate)]
    for name in same:
        bare = [selector for selector in query.selectors if selector.name == name]
        assert inside.count(name) >= len(bare), "every process would be shown by itself"


def test_every_metric_that_is_exposed_is_on_the_dashboard() -> None:
    shown = {name for query in of_dashboard() for name in query.names}
    missing = [name for name in families() if not any(full.startswith(name) for full in shown)]
    assert not missing


def test_panels_have_places_of_their_own_and_a_datasource_that_is_provisioned() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert all(x < 24 for x, _ in cells), panel["title"]
        taken |= cells
        for target in panel.get("targets", []):
            assert target["datasource"] == panel["datasource"] == {"type": "prometheus", "uid": "prometheus"}
    identities = [panel["id"] for panel in dashboard()["panels"]]
    assert len(identities) == len(set(identities))
    assert dashboard()["schemaVersion"] >= 39
