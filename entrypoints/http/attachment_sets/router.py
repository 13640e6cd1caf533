from collections.abc import Sequence

from litestar import Router

from application.attachment_sets.attach_file import AttachFile
from application.attachment_sets.attach_link import AttachLink
from application.attachment_sets.attach_media import AttachMedia
from application.attachment_sets.attachment_links import AttachmentLinks
from application.attachment_sets.change_attachment import ChangeAttachment
from application.attachment_sets.choose_cover import ChooseCover
from application.attachment_sets.clear_cover import ClearCover
from application.attachment_sets.delete_attachment import DeleteAttachment
from application.attachment_sets.get_attachment import GetAttachment
from application.attachment_sets.get_cover import GetCover
from application.attachment_sets.get_set import GetSet
from application.attachment_sets.link_planner import LinkPlanner
from application.attachment_sets.set_keeper import SetKeeper
from entrypoints.http.attachment_sets.attach import attach
from entrypoints.http.attachment_sets.change_attachment import edit_attachment
from entrypoints.http.attachment_sets.choose_cover import put_cover
from entrypoints.http.attachment_sets.clear_cover import take_cover_off
from entrypoints.http.attachment_sets.delete_attachment import remove_attachment
from entrypoints.http.attachment_sets.get_attachment import show_attachment
from entrypoints.http.attachment_sets.get_cover import show_cover
from entrypoints.http.attachment_sets.get_set import show_set
from entrypoints.http.attachment_sets.list_attachments import list_attachments
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.use_case import given
from entrypoints.media_consumers.attachment_terms import attachment_terms
from entrypoints.media_consumers.media_consumer import Toolbox

_HANDLERS = [
    show_set,
    attach,
    list_attachments,
    show_attachment,
    edit_attachment,
    remove_attachment,
    show_cover,
    put_cover,
    take_cover_off,
]


def attachment_sets_routers(tools: Toolbox) -> Sequence[Router]:
    begin, clock, ids, settings = tools.begin, tools.clock, tools.ids, tools.settings
    keeper = SetKeeper(reconcile=tools.reconcile, telemetry=tools.telemetry)
    links = AttachmentLinks(links=tools.media_links)
    planner = LinkPlanner(ids=ids, retry=settings.processing.retry, allowed=settings.web_networks)
    terms = attachment_terms(settings)
    router = Router(
        "/api/v2/attachment-sets",
        route_handlers=_HANDLERS,
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "get_set": given(GetSet(begin=begin, links=links)),
            "get_cover": given(GetCover(begin=begin, links=links)),
            "attach_file": given(
                AttachFile(
                    begin=begin,
                    upload=tools.upload,
                    terms=terms,
                    keeper=keeper,
                    links=links,
                    clock=clock,
                    ids=ids,
                    telemetry=tools.telemetry,
                )
            ),
            "attach_link": given(
                AttachLink(begin=begin, keeper=keeper, planner=planner, links=links, clock=clock, ids=ids)
            ),
            "attach_media": given(
                AttachMedia(
                    begin=begin,
                    keeper=keeper,
                    terms=terms,
                    links=links,
                    clock=clock,
                    ids=ids,
                )
            ),
            "get_attachment": given(GetAttachment(begin=begin, links=links)),
            "change_attachment": given(
                ChangeAttachment(begin=begin, keeper=keeper, planner=planner, links=links, clock=clock)
            ),
            "delete_attachment": given(DeleteAttachment(begin=begin, keeper=keeper, clock=clock)),
            "choose_cover": given(ChooseCover(begin=begin, keeper=keeper, links=links, clock=clock)),
            "clear_cover": given(ClearCover(begin=begin, keeper=keeper, clock=clock)),
        },
        security=[{BEARER: []}],
        tags=["Attachment sets"],
    )
    return [router]
