from entrypoints.http.ads import requests, responses
from entrypoints.http.documentation.examples.cast import AD_ID, NOW, PHOTO_ID

AD = requests.AdBody(title="Summer sale", creatives=[requests.CreativeBody(PHOTO_ID, "Everything must go")])
SHOWN = responses.ShownAdBody(
    ad_id=AD_ID,
    title="Summer sale",
    creatives=[responses.ShownCreativeBody(PHOTO_ID, "Everything must go")],
    created_at=NOW,
    updated_at=NOW,
)
PAGE = responses.AdPageBody(ads=[SHOWN], next_cursor="AQGXofA8AHAAgAAAAAAAAAI")
