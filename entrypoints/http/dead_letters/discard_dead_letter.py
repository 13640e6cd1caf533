from http import HTTPStatus
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.dead_letters.discard_dead_letter import DiscardDeadLetter, DiscardDeadLetterCommand
from domain.ids import DeadLetterId
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/{letter_id:uuid}/discard",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Put a dead letter aside for good",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is DISCARDED, and stays in the list.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["DEAD_LETTER_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["DEAD_LETTER_RESOLVED"],
        },
        takes_body=False,
    ),
)
async def discard_letter(
    request: JsonRequest, letter_id: FromPath[UUID], discard_dead_letter: NamedDependency[DiscardDeadLetter]
) -> None:
    """A deletion that has failed is not begun again by itself any more, until this letter is replayed."""
    await discard_dead_letter(DiscardDeadLetterCommand(principal=request.user, letter_id=DeadLetterId(letter_id)))
