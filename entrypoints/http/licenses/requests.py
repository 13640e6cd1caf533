from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from domain.licenses.license import LicenseStatus
from entrypoints.reading.texts import Line


class _Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class SubmitLicenseBody(_Body):
    number: Line
    media_id: Annotated[UUID, Meta(description="The document: a PDF or an image of the library.")]


class ResubmitLicenseBody(_Body):
    """What is left out stays as it is."""

    number: Line | UnsetType = UNSET
    media_id: UUID | UnsetType = UNSET


class DecideLicenseBody(_Body):
    status: LicenseStatus
