"""Fetch one address into a file: politely, again where it fails, from where it broke off.

This is the one module that speaks HTTP. A file takes its name only when it is whole: as long as
the server said, with the checksum that the server published, and data rather than a web page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from siting.errors import DataError, MissingDataError
from siting.layers.pull.faults import LATER, MOST_REDIRECTS, NotNowError, problem, told
from siting.layers.pull.manners import USER_AGENT, Manners, retry_after_s
from siting.layers.pull.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    import requests

T = TypeVar("T")

CHUNK_BYTES = 1 << 16
"""What is written at once; so much is lost at most where a connection breaks [byte]."""
MOST_BYTES = 16 * 2**30
"""A longer answer is not what anybody asked for [byte]."""
AGAIN = (408, 425, 429, 500, 502, 503, 504)
"""Answers that mean: not now."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for: an address and, for Overpass, a query that is posted."""

    url: str
    query: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came: nothing where `missing` (404), else a whole file, its hash and its headers."""

    missing: bool = False
    sha256: str = ""
    etag: str = ""
    date: str = ""


class Fetcher:
    """Asks servers for one thing at a time; use it in a `with` block.

    `tell` hears how much of a file has arrived, 0 to 1.
    """

    def __init__(self, manners: Manners) -> None:
        import requests  # noqa: PLC0415  (slow to import, and only a pull needs it)

        self.manners = manners
        self.tell: Callable[[float], None] = _nobody
        self._asked = False
        self._session = requests.Session()
        self._session.max_redirects = MOST_REDIRECTS
        self._session.headers["User-Agent"] = USER_AGENT

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._session.close()

    def download(
        self,
        request: Request,
        path: Path,
        *,
        may_be_missing: bool = False,
        before_again: Callable[[], float] | None = None,
        check: Callable[[Path], str] | None = None,
    ) -> Answer:
        """Fetch `request` into `path`, whole or not at all.

        Parameters
        ----------
        request
            What is asked for.
        path
            The file; `path.part` holds what has arrived so far.
        may_be_missing
            Whether a 404 is an answer rather than an error.
        before_again
            Says, before a repetition, how long to wait at least [s].
        check
            Says what is wrong with a file that has arrived, "" for nothing; it is asked for again.

        Raises
        ------
        MissingDataError
            If nothing useful came, after all repetitions.
        DataError
            If the file has another checksum than the published one; it is discarded.
        ConfigurationError
            If the address is none.

        """

        def once() -> Answer:
            return self._once(request, path, may_be_missing=may_be_missing, check=check)

        return self.patiently(request.url, once, before_again)

    def glance(self, url: str) -> str:
        """Return a short text at an address, "" where it does not answer; never asks twice."""
        import requests  # noqa: PLC0415  (slow to import, and only a pull needs it)

        try:
            with self._send(Request(url=url), {}) as response:
                text: bytes = response.raw.read(4096, decode_content=True)
                return text.decode("utf-8", "replace") if response.ok else ""
        except (requests.RequestException, OSError):
            return ""

    def patiently(
        self, url: str, once: Callable[[], T], before_again: Callable[[], float] | None = None
    ) -> T:
        """Return what `once` returns; repeat it after a NotNowError as often as the manners say.

        Raises
        ------
        MissingDataError
            If it fails to the last, or the server asks for a longer wait than we have.

        """
        manners, repetition = self.manners, 0
        while True:
            try:
                return once()
            except NotNowError as error:
                if repetition >= manners.retries:
                    times = "once" if repetition == 0 else f"{repetition + 1} times"
                    what = f"{error.what}, asked {times}"
                    raise MissingDataError(problem(url, what, LATER)) from None
                asked_s = max(error.wait_s, before_again() if before_again else 0.0)
                if asked_s > manners.longest_wait_s:
                    what = f"{error.what} and asks to wait {asked_s:.0f} s"
                    raise MissingDataError(problem(url, what, LATER)) from None
            repetition += 1
            manners.sleep(max(asked_s, manners.wait_s(repetition)))

    def first_bytes(self, url: str, count: int) -> tuple[bytes, Mapping[str, str]] | None:
        """Return how a file begins, and what the server says of it; None where there is no file."""

        def once() -> tuple[bytes, Mapping[str, str]] | None:
            import requests  # noqa: PLC0415  (slow to import, and only a pull needs it)

            asked = {"Range": f"bytes=0-{count - 1}", "Accept-Encoding": "identity"}
            try:
                with self._send(Request(url=url), asked) as response:
                    if response.status_code == 404:
                        return None
                    _judge(response, url)
                    return next(response.iter_content(count), b""), response.headers
            except (requests.RequestException, ConnectionError, UnicodeError) as error:
                raise told(error, url, self.manners) from error

        return self.patiently(url, once)

    def _once(
        self,
        request: Request,
        path: Path,
        *,
        may_be_missing: bool,
        check: Callable[[Path], str] | None,
    ) -> Answer:
        """Ask once, and return the answer or say why there is none."""
        import requests  # noqa: PLC0415  (slow to import, and only a pull needs it)

        part = Part(path)
        try:
            with self._send(request, {} if request.query else part.wanted()) as response:
                if response.status_code == 404 and may_be_missing:
                    part.forget()
                    return Answer(missing=True, date=response.headers.get("Date", ""))
                _judge(response, request.url)
                _follow(response, part)
                _take(response, request.url, part, self.tell)
        except (requests.RequestException, ConnectionError, UnicodeError) as error:
            raise told(error, request.url, self.manners) from error
        return _finished(request.url, part, check)

    def _send(self, request: Request, headers: Mapping[str, str]) -> requests.Response:
        """Send one request, after the pause that is due."""
        if self._asked:
            self.manners.sleep(self.manners.pause_s)
        self._asked = True
        proxy, timeout_s = self.manners.proxy, self.manners.timeout_s
        return self._session.request(
            "POST" if request.query else "GET",
            request.url,
            data={"data": request.query} if request.query else None,
            headers=dict(headers),
            stream=True,
            # Overpass may spend all of timeout_s on a query, and needs a little more to answer.
            timeout=(min(timeout_s, 30.0), timeout_s * (1.1 if request.query else 1.0)),
            proxies={"http": proxy, "https": proxy} if proxy else None,
        )


def _nobody(share: float) -> None:
    """Tell nobody."""


def _judge(response: requests.Response, url: str) -> None:
    """Let pass what is worth reading, and say why the rest is not."""
    code = response.status_code
    if code in AGAIN:
        what = f"answers {code}"
        raise NotNowError(what, retry_after_s(response.headers))
    if code == 416:
        return
    if code not in (200, 206):
        remedy = "check the address, or name another server"
        if code == 407:
            remedy = "check the proxy: it asks for a user and a password"
        raise MissingDataError(problem(url, f"answers {code}", remedy))


def _follow(response: requests.Response, part: Part) -> None:
    """Forget a part that the server does not carry on."""
    code = response.status_code
    if code == 416 or (code == 206 and not part.follows(response.headers)):
        part.forget()
        what = "does not carry on from where it broke off"
        raise NotNowError(what)


def _take(response: requests.Response, url: str, part: Part, tell: Callable[[float], None]) -> None:
    """Write what arrives to the part, as far as it is not too long."""
    chunks, more = response.iter_content(CHUNK_BYTES), response.status_code == 206
    if not part.take(chunks, response.headers, more=more, most=MOST_BYTES, tell=tell):
        part.forget()
        what, remedy = f"sends more than {MOST_BYTES} bytes", "check the address"
        raise DataError(problem(url, what, remedy))


def _finished(url: str, part: Part, check: Callable[[Path], str] | None) -> Answer:
    """Give a file that is whole and right its name; ask again, or refuse it, where it is not."""
    if part.length is not None and part.size < part.length:
        what = f"broke off after {part.size} of {part.length} bytes"
        raise NotNowError(what)
    wrong = "sends a web page instead of data" if part.is_page() else ""
    if part.length is not None and part.size > part.length:
        wrong = "sends more than it said"
    if not wrong:
        sha256, unlike = part.checked()
        if unlike:
            part.forget()
            what = f"its {' and '.join(unlike)} is not the published one; the file is discarded"
            remedy = "run it again; if it stays wrong, name another server"
            raise DataError(problem(url, what, remedy))
        wrong = check(part.path) if check else ""
    if wrong:
        part.forget()
        raise NotNowError(wrong)
    part.settle()
    said = part.headers
    return Answer(sha256=sha256, etag=said.get("ETag", ""), date=said.get("Date", ""))
