"""What a process of Vitrine exposes, once every number of it has moved."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from enum import Enum
from inspect import signature
from typing import Any, get_origin

from prometheus_client.parser import text_string_to_metric_families

from adapters.telemetry.metrics import PrometheusTelemetry
from application.ports.telemetry import Telemetry
from application.processing.sample_backlog import BacklogSample
from domain.jobs.task import TaskKind


def families() -> Mapping[str, str]:
    """The type of each metric by its name: counter, gauge or histogram. A counter's name lacks its _total."""
    return {family.name: family.type for family in text_string_to_metric_families(_exposition())}


def series() -> Mapping[str, frozenset[str]]:
    """The labels of each series by its full name: with _total, or _bucket, _sum and _count."""
    found: dict[str, frozenset[str]] = {}
    for family in text_string_to_metric_families(_exposition()):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, frozenset()) | frozenset(sample.labels)
    return found


def _exposition() -> str:
    telemetry = PrometheusTelemetry()
    for name in sorted(Telemetry.__abstractmethods__):
        record = getattr(telemetry, name)
        record(**{each.name: _example(each.annotation) for each in signature(record).parameters.values()})
    backlog = BacklogSample(**{field.name: _example(field.type) for field in fields(BacklogSample)})
    return telemetry.render(backlog, {"relay": 1.0}).decode()


def _example(kind: Any) -> Any:
    if get_origin(kind) is not None:
        return {TaskKind.IMAGE: timedelta(seconds=1)}
    if issubclass(kind, Enum):
        return next(iter(kind))
    return {str: "some", int: 1, bool: True, timedelta: timedelta(seconds=1)}[kind]
