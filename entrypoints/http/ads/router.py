from collections.abc import Sequence

from litestar import Router

from application.ads.change_ad import ChangeAd
from application.ads.create_ad import CreateAd
from application.ads.delete_ad import DeleteAd
from application.ads.get_ad import GetAd
from application.ads.list_ads import ListAds
from entrypoints.http.ads.change_ad import replace_ad
from entrypoints.http.ads.create_ad import make_ad
from entrypoints.http.ads.delete_ad import remove_ad
from entrypoints.http.ads.get_ad import show_ad
from entrypoints.http.ads.list_ads import find_ads
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.use_case import given
from entrypoints.media_consumers.media_consumer import Toolbox


def ads_routers(tools: Toolbox) -> Sequence[Router]:
    begin, reconcile, clock = tools.begin, tools.reconcile, tools.clock
    router = Router(
        "/api/v2/ads",
        route_handlers=[make_ad, find_ads, show_ad, replace_ad, remove_ad],
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "create_ad": given(CreateAd(begin=begin, reconcile=reconcile, clock=clock, ids=tools.ids)),
            "change_ad": given(ChangeAd(begin=begin, reconcile=reconcile, clock=clock)),
            "delete_ad": given(DeleteAd(begin=begin, reconcile=reconcile)),
            "get_ad": given(GetAd(begin=begin)),
            "list_ads": given(ListAds(begin=begin)),
        },
        security=[{BEARER: []}],
        tags=["Ads"],
    )
    return [router]
