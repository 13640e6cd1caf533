from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency

from application.dead_letters.list_dead_letters import ListDeadLetters, ListDeadLettersQuery
from domain.ids import DeadLetterId
from entrypoints.http.answering import answer
from entrypoints.http.dead_letters.bodies import summary_body
from entrypoints.http.dead_letters.requests import DeadLettersParameters
from entrypoints.http.dead_letters.responses import DeadLetterPageBody
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import dead_letters
from entrypoints.http.documentation.queried import queried
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/",
    operation_class=queried(DeadLettersParameters),
    summary="List dead letters",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", dead_letters.PAGE)},
        {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"], HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_dead_letters(
    request: JsonRequest, list_dead_letters: NamedDependency[ListDeadLetters]
) -> Response[bytes]:
    """For admins: those of their store. Whoever is a `service` as well sees those that belong to no store too."""
    given = read_parameters(request, DeadLettersParameters)
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
