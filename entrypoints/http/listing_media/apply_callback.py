from http import HTTPStatus

from litestar import Response, post
from litestar.exceptions import ClientException
from litestar.openapi.spec import OpenAPIMediaType, Operation

from application.ports.auth import WebhookVerifier
from application.ports.clock import Clock
from application.ports.telemetry import Telemetry
from application.processing.apply_callback import ApplyCallback, ApplyCallbackCommand, ReportedOutput
from domain.errors import DomainError
from domain.ids import AssetId, JobId
from entrypoints.http.documentation import examples
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.listing_media.requests import CallbackBody
from entrypoints.http.reading.json_body import read_json
from entrypoints.http.reading.json_request import JsonRequest

