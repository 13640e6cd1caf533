from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.dead_letters.get_dead_letter import DeadLetterQuery, GetDeadLetter
from domain.ids import DeadLetterId
from entrypoints.http.answering import answer
from entrypoints.http.dead_letters.bodies import letter_body
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import dead_letters
from entrypoints.http.reading.json_request import JsonRequest


@get(
    "/{letter_id:uuid}",
    summary="See a dead letter with all that it holds",
    responses=answers(
        {HTTPStatus.OK: Success("What arrived, as it came, and what was wrong with it.", dead_letters.LETTER)},
        {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"], HTTPStatus.NOT_FOUND: ["DEAD_LETTER_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_dead_letter(
    request: JsonRequest, letter_id: FromPath[UUID], get_dead_letter: NamedDependency[GetDeadLetter]
) -> Response[bytes]:
    letter = await get_dead_letter(DeadLetterQuery(principal=request.user, letter_id=DeadLetterId(letter_id)))
    return answer(letter_body(letter), HTTPStatus.OK)
