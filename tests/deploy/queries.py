"""The PromQL that stands in deploy/ and docs/, taken apart."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import promql_parser as promql
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OPERATIONS = ROOT / "docs" / "operations.md"

TARGET_LABELS = frozenset({"job", "instance", "service"})
"""Those that Prometheus adds: deploy/prometheus/prometheus.yml."""
OF_PROMETHEUS = {
    "up": TARGET_LABELS,
    "ALERTS": TARGET_LABELS | {"alertname", "alertstate", "severity"},
}
_RATES = {"rate", "increase", "irate", "delta"}
_LEGEND_LABEL = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")


@dataclass(frozen=True)
class Query:
    """`shown` are the labels that a legend or an annotation speaks of."""

    where: str
    text: str
    shown: frozenset[str] = field(default_factory=frozenset)

    def __str__(self) -> str:
        return self.where

    @cached_property
    def tree(self) -> Any:
        return promql.parse(re.sub(r"\$__\w*(interval|range)\b", "5m", self.text))

    @property
    def nodes(self) -> Sequence[Any]:
        return list(walked(self.tree))

    @property
    def selectors(self) -> Sequence[Any]:
        return [node for node in self.nodes if isinstance(node, promql.VectorSelector)]

    @property
    def names(self) -> set[str]:
        return {selector.name for selector in self.selectors}

    @property
    def rated(self) -> set[str]:
        """The series that a function for counters is applied to."""
        calls = [node for node in self.nodes if isinstance(node, promql.Call) and node.func.name in _RATES]
        return {node.name for call in calls for node in walked(call) if isinstance(node, promql.VectorSelector)}

    @property
    def aggregates(self) -> Sequence[Any]:
        return [node for node in self.nodes if isinstance(node, promql.AggregateExpr)]


def walked(tree: Any) -> Iterator[Any]:
    found: list[Any] = []
    promql.walk(tree, found.append)
    return iter(found)


def matched_labels(selector: Any) -> set[str]:
    return {matcher.name for matcher in selector.matchers.matchers}


def grouping(aggregate: Any) -> frozenset[str]:
    return frozenset(aggregate.modifier.labels) if aggregate.modifier else frozenset()


def labels_of(tree: Any, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The labels that are left on what `tree` evaluates to."""
    if isinstance(tree, promql.VectorSelector):
        return known[tree.name]
    if isinstance(tree, promql.AggregateExpr):
        return grouping(tree) & labels_of(tree.expr, known)
    if isinstance(tree, promql.Call) and tree.func.name == "absent":
        return frozenset(matched_labels(tree.args[0]))
    inner = [labels_of(part, known) for part in _parts(tree)]
    if isinstance(tree, promql.Call):
        lost = {"le"} if tree.func.name == "histogram_quantile" else set()
        return frozenset[str]().union(*inner) - lost
    if str(getattr(tree, "op", "")) == "or":
        return frozenset.intersection(*inner)
    return inner[0] if inner else frozenset()


def _parts(tree: Any) -> Sequence[Any]:
    if isinstance(tree, promql.Call):
        return list(tree.args)
    names = ("vector_selector", "expr", "lhs", "rhs")
    return [part for name in names if (part := getattr(tree, name, None)) is not None]


def alerts() -> Sequence[Mapping[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def of_alerts() -> Sequence[Query]:
    return [Query(rule["alert"], rule["expr"], shown=_labels_in(*rule["annotations"].values())) for rule in alerts()]


def dashboard() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((DEPLOY / "grafana/dashboards/vitrine.json").read_text(encoding="utf-8"))
    return found


def of_dashboard() -> Sequence[Query]:
    return [
        Query(f"{panel['title']}: {target['refId']}", target["expr"], shown=_labels_in(target["legendFormat"]))
        for panel in dashboard()["panels"]
        for target in panel.get("targets", [])
    ]


def of_handbook() -> Sequence[Query]:
    blocks = re.findall(r"```promql\n(.*?)```", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    return [Query(line, line) for block in blocks for line in block.splitlines() if line.strip()]


def _labels_in(*templates: str) -> frozenset[str]:
    return frozenset(label for template in templates for label in _LEGEND_LABEL.findall(template))
