from domain.licenses.license import LicenseStatus
from entrypoints.http.documentation.examples.cast import LICENSE_ID, NOW, PHOTO_ID
from entrypoints.http.licenses import requests, responses

NEW = requests.SubmitLicenseBody(number="A-4711", media_id=PHOTO_ID)
CHANGE = requests.ResubmitLicenseBody(media_id=PHOTO_ID)
DECISION = requests.DecideLicenseBody(status=LicenseStatus.APPROVED)
SHOWN = responses.LicenseBody(
    license_id=LICENSE_ID, number="A-4711", media_id=PHOTO_ID, status="PENDING", created_at=NOW, updated_at=NOW
)
PAGE = responses.LicensePageBody(licenses=[SHOWN], next_cursor="AQGXofA8AHAAgAAAAAAAAAI")
