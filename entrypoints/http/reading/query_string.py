from collections.abc import Iterator

from domain.errors import Violation
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.reading.json_body import Body, read_plain
from entrypoints.reading.structure import escaped


def read_parameters(request: JsonRequest, expected: type[Body]) -> Body:
    """All of the query string. Raises Rejected with every violation: who misspells a parameter has not left it out, and
    of two by one name nobody knows which is meant.
    """
    return read_plain(dict(request.query_params), expected, _twice(request))


def _twice(request: JsonRequest) -> Iterator[Violation]:
    for name in dict.fromkeys(request.query_params):
        if len(request.query_params.getall(name)) > 1:
            yield Violation(f"/{escaped(name)}", "DUPLICATE_FIELD", "this is there twice")
