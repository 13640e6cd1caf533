"""Which files hang on parts and kits, and how large they may be."""

from application.media.upload_terms import UploadTerms
from domain.attachment_sets.set_attachment import ACCEPTED_FILES, PREVIEWS
from entrypoints.settings import Settings


def attachment_terms(settings: Settings) -> UploadTerms:
    return UploadTerms(what="an attachment", mime_types=ACCEPTED_FILES, limits=settings.attachment_limits)


def preview_terms(settings: Settings) -> UploadTerms:
    """Of the pictures of pages."""
    return UploadTerms(what="a preview", mime_types=PREVIEWS, limits=settings.attachment_limits)
