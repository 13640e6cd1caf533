"""The page that Prometheus scrapes."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.system.answers import told


async def read_metrics(http: httpx.AsyncClient) -> dict[str, float]:
    """Values by the name of the series; those with labels as `name{label}`, the label's value alone."""
    answer = await http.get("/metrics")
    assert answer.status_code == httpx.codes.OK, told(answer)
    values = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            values[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return values
