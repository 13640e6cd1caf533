"""All tables, for migrations and for tests: each is defined beside the rows that are read from it."""

from adapters.postgres.ads import ads, creatives
from adapters.postgres.assets import assets
from adapters.postgres.attachment_sets import attachment_sets, set_attachments
from adapters.postgres.attachments import attachments
from adapters.postgres.batches import batches
from adapters.postgres.blobs import blobs
from adapters.postgres.dead_letters import dead_letters
from adapters.postgres.jobs import jobs
from adapters.postgres.licenses import licenses
from adapters.postgres.listings import bookings, listings
from adapters.postgres.media import media
from adapters.postgres.media_postings import postings
from adapters.postgres.outbox_table import outbox
from adapters.postgres.processed_messages import processed_messages
from adapters.postgres.products import product_media, products
from adapters.postgres.schema import metadata
from adapters.postgres.set_owners import kits, parts
from adapters.postgres.stores import stores
from adapters.postgres.tasks import tasks
from adapters.postgres.users import users

__all__ = [
    "ads",
    "assets",
    "attachment_sets",
    "attachments",
    "batches",
    "blobs",
    "bookings",
    "creatives",
    "dead_letters",
    "jobs",
    "kits",
    "licenses",
    "listings",
    "media",
    "metadata",
    "outbox",
    "parts",
    "postings",
    "processed_messages",
    "product_media",
    "products",
    "set_attachments",
    "stores",
    "tasks",
    "users",
]
