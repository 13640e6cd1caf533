from dataclasses import dataclass
from http import HTTPStatus

from litestar.openapi.spec import OpenAPIHeader, OpenAPIResponse, OpenAPIType, Operation, Schema


@dataclass
class Creates(Operation):
    """Litestar forgets the headers of an answer that is described by hand."""

    def __post_init__(self) -> None:
        created = (self.responses or {})[str(HTTPStatus.CREATED.value)]
        assert isinstance(created, OpenAPIResponse)
        created.headers = {
            "Location": OpenAPIHeader(
                schema=Schema(type=OpenAPIType.STRING), description="Where it is found from now on.", required=True
            )
        }
