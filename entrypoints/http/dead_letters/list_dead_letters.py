from http import HTTPStatus
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency

from application.dead_letters.list_dead_letters import ListDeadLetters, ListDeadLettersQuery
from domain.dead_letters.dead_letter import LetterStatus
from domain.ids import DeadLetterId
from entrypoints.http.answering import answer
from entrypoints.http.dead_letters.bodies import summary_body
from entrypoints.http.dead_letters.requests import DeadLettersParameters
from entrypoints.http.dead_letters.responses import DeadLetterPageBody
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import dead_letters
from entrypoints.http.documentation.parameters import CURSOR, LIMIT, query_parameter
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.reading.json_body import read_plain

_STATUS = query_parameter("status", {"type": "string", "enum": [status.value for status in LetterStatus]})
_TOPIC = query_parameter("topic", {"type": "string"}, description="Where it came from, such as `vitrine.listings.v1`.")


@get(
    "/",
    summary="List dead letters",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", dead_letters.PAGE)},
        {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"], HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_dead_letters(
    request: JsonRequest,
    list_dead_letters: NamedDependency[ListDeadLetters],
    *,
    status: Annotated[str | None, _STATUS] = None,
    topic: Annotated[str | None, _TOPIC] = None,
    cursor: Annotated[str | None, CURSOR] = None,
    limit: Annotated[str | None, LIMIT] = None,
) -> Response[bytes]:
    """For admins: those of their store. Whoever is a `service` as well sees those that belong to no store too."""
    given = read_plain({"status": status, "topic": topic, "cursor": cursor, "limit": limit}, DeadLettersParameters)
    page = await list_dead_letters(
        ListDeadLettersQuery(
            principal=request.user,
            status=given.status,
            topic=given.topic,
            before=DeadLetterId(decode_cursor(given.cursor)) if given.cursor is not None else None,
            limit=given.limit,
        )
    )
    body = DeadLetterPageBody(
        dead_letters=[summary_body(letter) for letter in page.letters],
        next_cursor=encode_cursor(page.next_before) if page.next_before else None,
    )
    return answer(body, HTTPStatus.OK)
