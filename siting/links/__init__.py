"""Single links: a mast, a point, and what stands between them."""

from siting.links.link import Link, Mast, link_between, mast_of_site, save_link
from siting.links.words import link_notes, link_rows

__all__ = [
    "Link",
    "Mast",
    "link_between",
    "link_notes",
    "link_rows",
    "mast_of_site",
    "save_link",
]
