"""Lines as machines read them, with the ids of the span around them."""

import json
import subprocess
import sys

_PROGRAM = """
import logging
from adapters.telemetry.log import StructuredLog, configure_logging
from adapters.telemetry.tracing import OpenTelemetryTracing
configure_logging(level="info", as_json=True)
log, tracing = StructuredLog(), OpenTelemetryTracing()
log.info("before")
with tracing.span("request"):
    log.info("within", trace=tracing.headers()["traceparent"])
    logging.getLogger("a.library").warning("theirs")
    with tracing.span("stage"):
        log.info("below")
for traceparent in ("0" * 999, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"):
    with tracing.span("hostile", parent={"traceparent": traceparent, "tracestate": "what strangers say"}):
        pass
log.info("after")
"""


def test_lines_carry_the_ids_of_their_span() -> None:
    run = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    lines = {line["event"]: line for line in map(json.loads, run.stderr.splitlines())}

    assert set(lines) == {"before", "within", "theirs", "below", "after"}, "strangers get no line of their own"
    _, trace_id, span_id, _ = lines["within"]["trace"].split("-")
    assert [(lines[event]["trace_id"], lines[event]["span_id"]) for event in ("within", "theirs")] == 2 * [
        (trace_id, span_id)
    ]
    assert lines["below"]["trace_id"] == trace_id
    assert lines["below"]["span_id"] != span_id
    assert "trace_id" not in lines["before"] | lines["after"]
