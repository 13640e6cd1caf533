from application.products.shown_media import ShownMedia
from domain.ids import MediaId, VariantId
from entrypoints.http.products.requests import ShownMediaBody


def shown_media(body: ShownMediaBody) -> ShownMedia:
    return ShownMedia(
        media_id=MediaId(body.media_id),
        usage_type=body.usage_type,
        variant_id=VariantId(body.variant_id) if body.variant_id else None,
    )
