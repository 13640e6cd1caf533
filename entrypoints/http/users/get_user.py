from http import HTTPStatus
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.users.get_user import GetUser, UserQuery
from domain.ids import UserId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.users import examples
from entrypoints.http.users.responses import user_body


@get(
    "/{user_id:uuid}",
    summary="See a user",
    responses=answers(
        {HTTPStatus.OK: Success("The user as it is now.", examples.USER)},
        {HTTPStatus.NOT_FOUND: ["USER_NOT_FOUND"]},
        takes_body=False,
    ),
)
async def show_user(
    request: JsonRequest, user_id: FromPath[UUID], get_user: NamedDependency[GetUser]
) -> Response[bytes]:
    user = await get_user(UserQuery(principal=request.user, user_id=UserId(user_id)))
    return answer(user_body(user), HTTPStatus.OK)
