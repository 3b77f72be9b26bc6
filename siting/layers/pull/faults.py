"""Say what went wrong between us and a server: for good, or in a way that may pass.

No text of a library is shown: it may hold an address with a user and a password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from siting.errors import ConfigurationError, MissingDataError, Problem

if TYPE_CHECKING:
    from siting.layers.pull.manners import Manners

MOST_REDIRECTS = 5

LATER = "run it again later, what has arrived is kept; or name another server"


class NotNowError(Exception):
    """A request failed in a way that may pass; `wait_s` is what the server asks for [s].

    It never leaves this room: `Fetcher.patiently` catches it.
    """

    def __init__(self, what: str, wait_s: float = 0.0) -> None:
        self.what, self.wait_s = what, wait_s
        super().__init__(what)


def plain_url(url: str) -> str:
    """Return an address without user, password and query, for messages.

    >>> plain_url("https://me:secret@host.example/a.tif?key=1")
    'https://host.example/a.tif'
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the address"
    return urlunsplit((parts.scheme, f"{parts.hostname or ''}{port}", parts.path, "", ""))


def told(error: Exception, url: str, manners: Manners) -> Exception:
    """Return an error of the library as ours: an error that ends the pull, or one that may pass."""
    from requests import exceptions  # noqa: PLC0415  (slow to import, and only a pull needs it)

    if isinstance(error, UnicodeError | exceptions.InvalidSchema | exceptions.MissingSchema):
        remedy = "write an address such as https://host/path"
        return ConfigurationError(problem(url, "cannot be asked for", remedy))
    if isinstance(error, exceptions.InvalidURL | exceptions.InvalidProxyURL):
        remedy = "write an address such as https://host/path, also for the proxy"
        return ConfigurationError(problem(url, "cannot be asked for", remedy))
    if isinstance(error, exceptions.TooManyRedirects):
        what = f"sends the request on in a circle, more than {MOST_REDIRECTS} times"
        return MissingDataError(problem(url, what, "check the address, or name another server"))
    if isinstance(error, exceptions.SSLError):
        remedy = "check the address, the proxy and the certificates of this machine"
        return MissingDataError(problem(url, "its certificate cannot be trusted", remedy))
    return NotNowError(_passing(error, manners))


def _passing(error: Exception, manners: Manners) -> str:
    """Return what a failure is called that may pass; no text of the library, it holds addresses."""
    from requests import exceptions  # noqa: PLC0415  (slow to import, and only a pull needs it)

    if isinstance(error, exceptions.ProxyError):
        return "the proxy does not let the request through"
    if isinstance(error, exceptions.Timeout) or "timed out" in str(error).lower():
        return f"does not answer within {manners.timeout_s:g} s"
    if isinstance(error, exceptions.ChunkedEncodingError | exceptions.ContentDecodingError):
        return "the answer broke off"
    return "the connection failed"


def problem(url: str, what: str, remedy: str) -> Problem:
    """Return the problem of an address."""
    return Problem(file=plain_url(url), what=what, remedy=remedy)
