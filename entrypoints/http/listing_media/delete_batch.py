from http import HTTPStatus
from uuid import UUID

from litestar import delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.batches.delete_batch import DeleteBatch, DeleteBatchCommand
from domain.ids import BatchId
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/media/uploads/{batch_id:uuid}",
    summary="Delete a batch",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is hidden everywhere, and kept in history.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["BATCH_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["BATCH_IN_FLIGHT"],
        },
        takes_body=False,
    ),
)
async def delete_upload(
    request: JsonRequest, batch_id: FromPath[UUID], delete_batch: NamedDependency[DeleteBatch]
) -> None:
    await delete_batch(DeleteBatchCommand(principal=request.user, batch_id=BatchId(batch_id)))
