from http import HTTPStatus
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.dead_letters.replay_dead_letter import ReplayDeadLetter, ReplayDeadLetterCommand
from domain.ids import DeadLetterId
from entrypoints.http.answering import answer
from entrypoints.http.dead_letters.responses import ReplayBody
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.examples import dead_letters
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/{letter_id:uuid}/replay",
    status_code=HTTPStatus.ACCEPTED,
    summary="Try again what was given up on",
    responses=answers(
        {HTTPStatus.ACCEPTED: Success("It is on its way.", dead_letters.REPLAY)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["DEAD_LETTER_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["DEAD_LETTER_RESOLVED", "DEAD_LETTER_NOT_REPLAYABLE", "BATCH_IN_FLIGHT"],
        },
        takes_body=False,
    ),
)
async def replay_letter(
    request: JsonRequest, letter_id: FromPath[UUID], replay_dead_letter: NamedDependency[ReplayDeadLetter]
) -> Response[bytes]:
    """A message is published to its topic again, as it came. Of a task, the batch begins a new run over its failed
    files, which resolves all its dead letters; or the media is derived from again. Of a deletion, the worker is called
    again, also where the letter was discarded; if it fails once more, the letter is OPEN again.
    """
    replay = await replay_dead_letter(
        ReplayDeadLetterCommand(principal=request.user, letter_id=DeadLetterId(letter_id))
    )
    return answer(ReplayBody(replayed=list(replay.letters), job_id=replay.job_id), HTTPStatus.ACCEPTED)
