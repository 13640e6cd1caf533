from collections.abc import Sequence

from litestar import Router

from application.licenses.decide_license import DecideLicense
from application.licenses.delete_license import DeleteLicense
from application.licenses.get_license import GetLicense
from application.licenses.list_licenses import ListLicenses
from application.licenses.resubmit_license import ResubmitLicense
from application.licenses.submit_license import SubmitLicense
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.licenses.decide_license import judge_license
from entrypoints.http.licenses.delete_license import remove_license
from entrypoints.http.licenses.get_license import show_license
from entrypoints.http.licenses.list_licenses import find_licenses
from entrypoints.http.licenses.resubmit_license import correct_license
from entrypoints.http.licenses.submit_license import hand_in_license
from entrypoints.http.use_case import given
from entrypoints.media_consumers.media_consumer import Toolbox


def licenses_routers(tools: Toolbox) -> Sequence[Router]:
    begin, reconcile, clock = tools.begin, tools.reconcile, tools.clock
    router = Router(
        "/api/v2/licenses",
        route_handlers=[
            hand_in_license,
            find_licenses,
            show_license,
            correct_license,
            judge_license,
            remove_license,
        ],
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "submit_license": given(SubmitLicense(begin=begin, reconcile=reconcile, clock=clock, ids=tools.ids)),
            "resubmit_license": given(ResubmitLicense(begin=begin, reconcile=reconcile, clock=clock)),
            "decide_license": given(DecideLicense(begin=begin, clock=clock)),
            "delete_license": given(DeleteLicense(begin=begin, reconcile=reconcile)),
            "get_license": given(GetLicense(begin=begin)),
            "list_licenses": given(ListLicenses(begin=begin)),
        },
        security=[{BEARER: []}],
        tags=["Licenses"],
    )
    return [router]
