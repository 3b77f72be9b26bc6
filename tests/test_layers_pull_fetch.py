"""A fetch brings a whole, right file or says why not, however the server behaves."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import loopback as web
import pytest

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.pull.cache import Cache
from siting.layers.pull.fetch import CHUNK_BYTES, Answer, Fetcher, Request
from siting.layers.pull.manners import Manners, retry_after_s, slot_wait_s

CHUNK = CHUNK_BYTES
DATA = bytes(range(256)) * 2048  # eight chunks


@pytest.fixture(autouse=True)
def _no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[web.Loopback]:
    with web.loopback() as running:
        running.files["/a.tif"] = web.File(DATA)
        yield running


class Patience:
    """Waits that are written down, not slept."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)

    def manners(self, **changes: float) -> Manners:
        settled = {"timeout_s": 5.0, "retries": 2, "pause_s": 0.0} | changes
        return Manners(sleep=self, **settled)


def fetch(server: web.Loopback, tmp_path: Path, patience: Patience, **changes: float) -> Answer:
    with Fetcher(patience.manners(**changes)) as fetcher:
        return fetcher.download(Request(url=f"{server.url}/a.tif"), tmp_path / "a.tif")


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.iterdir())


# --- what goes well


def test_a_file_arrives_whole_with_its_hash(server: web.Loopback, tmp_path: Path) -> None:
    answer = fetch(server, tmp_path, Patience())

    assert (tmp_path / "a.tif").read_bytes() == DATA
    assert answer.sha256 == hashlib.sha256(DATA).hexdigest()
    assert answer.etag == '"one"'
    assert left(tmp_path) == ["a.tif"]


def test_a_request_introduces_itself(server: web.Loopback, tmp_path: Path) -> None:
    fetch(server, tmp_path, Patience())
    assert server.asked[0].headers["User-Agent"].startswith("siting ")


def test_requests_come_one_at_a_time_with_a_pause(server: web.Loopback, tmp_path: Path) -> None:
    patience = Patience()
    with Fetcher(patience.manners(pause_s=0.75)) as fetcher:
        for name in ("a", "b", "c"):
            fetcher.download(Request(url=f"{server.url}/a.tif"), tmp_path / name)

    assert patience.waits == [0.75, 0.75]
    assert server.most_at_once == 1


def test_what_is_missing_is_an_answer_where_it_may_be(server: web.Loopback, tmp_path: Path) -> None:
    request = Request(url=f"{server.url}/sea.tif")
    with Fetcher(Patience().manners()) as fetcher:
        assert fetcher.download(request, tmp_path / "sea.tif", may_be_missing=True).missing
        with pytest.raises(MissingDataError, match="answers 404; check the address"):
            fetcher.download(request, tmp_path / "sea.tif")
    assert left(tmp_path) == []


# --- what passes


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_with_longer_waits(
    server: web.Loopback, tmp_path: Path, code: int
) -> None:
    server.troubles["/a.tif"] = [web.status(code), web.status(code)]
    patience = Patience()
    fetch(server, tmp_path, patience)

    assert (tmp_path / "a.tif").read_bytes() == DATA
    assert patience.waits == [5.0, 0.0, 10.0, 0.0]  # a wait, then the pause before every request


@pytest.mark.parametrize(
    "trouble",
    [web.reset, web.page, web.truncated(100), web.silence(0.4)],
    ids=["reset", "page", "truncated", "timeout"],
)
def test_a_fault_that_passes_is_got_over(
    server: web.Loopback, tmp_path: Path, trouble: web.Trouble
) -> None:
    server.troubles["/a.tif"] = [trouble]
    fetch(server, tmp_path, Patience(), timeout_s=0.2)

    assert (tmp_path / "a.tif").read_bytes() == DATA
    assert left(tmp_path) == ["a.tif"]
    assert len(server.asked) == 2


def test_a_wait_that_the_server_asks_for_is_kept(server: web.Loopback, tmp_path: Path) -> None:
    server.troubles["/a.tif"] = [web.status(429, Retry_After="77")]
    patience = Patience()
    fetch(server, tmp_path, patience)
    assert max(patience.waits) == 77.0


def test_a_server_that_asks_for_an_hour_is_left_in_peace(
    server: web.Loopback, tmp_path: Path
) -> None:
    server.troubles["/a.tif"] = [web.status(429, Retry_After="3600")]
    with pytest.raises(MissingDataError, match="answers 429 and asks to wait 3600 s; run it again"):
        fetch(server, tmp_path, Patience())
    assert len(server.asked) == 1


def test_a_wait_may_be_a_date_measured_by_the_servers_own_clock() -> None:
    date, later = "Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 00:01:30 GMT"
    assert retry_after_s({"Retry-After": later, "Date": date}) == 90.0
    assert retry_after_s({"Retry-After": date, "Date": later}) == 0.0
    assert retry_after_s({"Retry-After": "soon"}) == 0.0


def test_the_status_page_of_overpass_is_read() -> None:
    head = "Connected as: 1\nCurrent time: 2026-01-01T00:00:00Z\nRate limit: 2\n"
    late = "Slot available after: 2026-01-01T00:02:00Z, in 120 seconds.\n"
    soon = "Slot available after: 2026-01-01T00:00:30Z, in 30 seconds.\n"
    assert slot_wait_s(head + "1 slots available now.\n" + late) == 0.0
    assert slot_wait_s(head + late + soon) == 30.0
    assert slot_wait_s(head) > 0.0
    assert slot_wait_s("<html>") == 0.0


# --- what was begun


def test_a_download_carries_on_from_where_it_broke_off(
    server: web.Loopback, tmp_path: Path
) -> None:
    server.troubles["/a.tif"] = [web.truncated(2 * CHUNK + 9), web.truncated(CHUNK + 7)]
    fetch(server, tmp_path, Patience())

    asked = [one.headers.get("Range", "") for one in server.asked]
    assert asked == ["", f"bytes={2 * CHUNK}-", f"bytes={3 * CHUNK}-"]
    assert [one.headers.get("If-Range", "") for one in server.asked[1:]] == ['"one"', '"one"']
    assert (tmp_path / "a.tif").read_bytes() == DATA


def test_a_later_run_carries_on_too(server: web.Loopback, tmp_path: Path) -> None:
    server.troubles["/a.tif"] = [web.truncated(4 * CHUNK)]
    with pytest.raises(MissingDataError, match=r"broke off.*what has arrived is kept"):
        fetch(server, tmp_path, Patience(), retries=0)
    assert left(tmp_path) == ["a.tif.part", "a.tif.part.json"]

    fetch(server, tmp_path, Patience())

    assert server.asked[-1].headers["Range"] == f"bytes={4 * CHUNK}-"
    assert (tmp_path / "a.tif").read_bytes() == DATA
    assert left(tmp_path) == ["a.tif"]


def test_a_file_that_changed_meanwhile_is_fetched_anew(
    server: web.Loopback, tmp_path: Path
) -> None:
    server.troubles["/a.tif"] = [web.truncated(4 * CHUNK)]
    with pytest.raises(MissingDataError):
        fetch(server, tmp_path, Patience(), retries=0)
    server.files["/a.tif"] = web.File(DATA[::-1], etag='"two"')

    answer = fetch(server, tmp_path, Patience())

    assert (tmp_path / "a.tif").read_bytes() == DATA[::-1]
    assert answer.etag == '"two"'


def test_a_server_without_ranges_is_asked_for_the_whole(
    server: web.Loopback, tmp_path: Path
) -> None:
    server.files["/a.tif"] = web.File(DATA, ranges=False)
    server.troubles["/a.tif"] = [web.truncated(4 * CHUNK)]
    fetch(server, tmp_path, Patience())
    assert (tmp_path / "a.tif").read_bytes() == DATA


def test_a_part_of_unknown_origin_is_never_carried_on(server: web.Loopback, tmp_path: Path) -> None:
    (tmp_path / "a.tif.part").write_bytes(b"of some other file")
    fetch(server, tmp_path, Patience())
    assert "Range" not in server.asked[0].headers
    assert (tmp_path / "a.tif").read_bytes() == DATA


# --- what does not pass


@pytest.mark.parametrize(
    ("trouble", "what"),
    [
        (web.status(504), "answers 504, asked 3 times"),
        (web.reset, "the connection failed, asked 3 times"),
        (web.page, "sends a web page instead of data, asked 3 times"),
        (web.silence(0.4), r"does not answer within 0\.2 s, asked 3 times"),
    ],
    ids=["504", "reset", "page", "timeout"],
)
def test_a_fault_that_stays_is_told_after_so_many_times(
    server: web.Loopback, tmp_path: Path, trouble: web.Trouble, what: str
) -> None:
    server.troubles["/a.tif"] = [trouble] * 5
    with pytest.raises(MissingDataError, match=what) as told:
        fetch(server, tmp_path, Patience(), timeout_s=0.2)
    assert told.value.problems[0].file == f"{server.url}/a.tif"
    assert len(server.asked) == 3
    assert not (tmp_path / "a.tif").exists()


def test_a_circle_of_redirects_ends_at_once(server: web.Loopback, tmp_path: Path) -> None:
    server.troubles["/a.tif"] = [web.sent_on("/b")] * 9
    server.troubles["/b"] = [web.sent_on("/a.tif")] * 9
    with pytest.raises(MissingDataError, match="in a circle, more than 5 times; check the address"):
        fetch(server, tmp_path, Patience())
    assert len(server.asked) == 6
    assert left(tmp_path) == []


def test_a_redirect_is_followed(server: web.Loopback, tmp_path: Path) -> None:
    server.files["/b"] = web.File(DATA)
    server.troubles["/a.tif"] = [web.sent_on("/b")]
    fetch(server, tmp_path, Patience())
    assert (tmp_path / "a.tif").read_bytes() == DATA


@pytest.mark.parametrize("code", [400, 401, 403, 410])
def test_a_refusal_is_not_repeated(server: web.Loopback, tmp_path: Path, code: int) -> None:
    server.troubles["/a.tif"] = [web.status(code)]
    with pytest.raises(MissingDataError, match=f"answers {code}; check the address"):
        fetch(server, tmp_path, Patience())
    assert len(server.asked) == 1


def checksums(content: bytes) -> list[dict[str, str]]:
    md5, sha = hashlib.md5(content).digest(), hashlib.sha256(content).digest()
    coded = [base64.b64encode(digest).decode() for digest in (md5, sha)]
    return [
        {"Content-MD5": coded[0]},
        {"Repr-Digest": f"sha-256=:{coded[1]}:"},
        {"Digest": f"SHA-256={coded[1]}"},
        {"x-amz-checksum-sha256": coded[1]},
        {"x-goog-hash": f"crc32c=AAAAAA==,md5={coded[0]}"},
    ]


@pytest.mark.parametrize("headers", checksums(b"other bytes"), ids=lambda said: next(iter(said)))
def test_a_wrong_checksum_is_an_error_and_the_file_is_discarded(
    server: web.Loopback, tmp_path: Path, headers: dict[str, str]
) -> None:
    server.files["/a.tif"] = web.File(DATA, headers=headers)
    with pytest.raises(DataError, match="is not the published one; the file is discarded"):
        fetch(server, tmp_path, Patience())
    assert left(tmp_path) == []


@pytest.mark.parametrize("headers", checksums(DATA), ids=lambda said: next(iter(said)))
def test_the_right_checksum_passes(
    server: web.Loopback, tmp_path: Path, headers: dict[str, str]
) -> None:
    server.files["/a.tif"] = web.File(DATA, headers=headers)
    fetch(server, tmp_path, Patience())
    assert left(tmp_path) == ["a.tif"]


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1/a", "http://", "file:///etc/hosts"])
def test_what_is_no_web_address_is_an_error_of_configuration(url: str, tmp_path: Path) -> None:
    with (
        Fetcher(Patience().manners()) as fetcher,
        pytest.raises(ConfigurationError, match="cannot be asked for; write an address"),
    ):
        fetcher.download(Request(url=url), tmp_path / "a")


def test_an_error_shows_no_password(server: web.Loopback, tmp_path: Path) -> None:
    url = server.url.replace("http://", "http://me:secret@") + "/no?key=secret"
    with Fetcher(Patience().manners()) as fetcher, pytest.raises(MissingDataError) as told:
        fetcher.download(Request(url=url), tmp_path / "a")
    assert "secret" not in str(told.value)
    assert server.url in str(told.value)


# --- proxies


def test_a_proxy_is_asked_instead(server: web.Loopback, tmp_path: Path) -> None:
    address = "http://data.invalid/a.tif"
    server.files[address] = web.File(DATA)
    patience = Patience()
    manners = Manners(sleep=patience, proxy=server.url, timeout_s=5.0)
    with Fetcher(manners) as fetcher:
        fetcher.download(Request(url=address), tmp_path / "a")
    assert server.paths() == [address]


def test_the_proxy_of_the_environment_is_used(
    server: web.Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    address = "http://data.invalid/a.tif"
    server.files[address] = web.File(DATA)
    with Fetcher(Patience().manners()) as fetcher:
        fetcher.download(Request(url=address), tmp_path / "a")
    assert server.paths() == [address]


def test_a_dead_proxy_is_named(tmp_path: Path) -> None:
    with web.loopback() as gone:
        dead = gone.url
    manners = Manners(sleep=Patience(), proxy=dead, timeout_s=2.0, retries=1)
    with (
        Fetcher(manners) as fetcher,
        pytest.raises(
            MissingDataError, match="the proxy does not let the request through, asked 2"
        ),
    ):
        fetcher.download(Request(url="http://data.invalid/a"), tmp_path / "a")


# --- the cache


def kept(cache: Cache, server: web.Loopback, patience: Patience) -> bytes:
    with Fetcher(patience.manners()) as fetcher:
        request = Request(url=f"{server.url}/a.tif")
        entry = cache.keep({"url": request.url}, lambda path: fetcher.download(request, path))
    return entry.path.read_bytes()


def test_nothing_is_asked_for_twice(server: web.Loopback, tmp_path: Path) -> None:
    for _ in range(3):
        cache = Cache(tmp_path / "cache")
        assert kept(cache, server, Patience()) == DATA
    assert len(server.asked) == 1
    assert (cache.asked, cache.known) == (0, 1)


def test_a_spoilt_entry_is_fetched_anew(server: web.Loopback, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    kept(cache, server, Patience())
    next((tmp_path / "cache").glob("*.data")).write_bytes(DATA[:-1])
    assert kept(cache, server, Patience()) == DATA
    assert len(server.asked) == 2


def test_offline_takes_what_is_kept_and_names_what_is_not(
    server: web.Loopback, tmp_path: Path
) -> None:
    kept(Cache(tmp_path / "cache"), server, Patience())
    offline = Cache(tmp_path / "cache", offline=True)

    assert kept(offline, server, Patience()) == DATA
    with pytest.raises(MissingDataError, match=r"is not in the cache .* run it once without"):
        offline.keep({"url": "http://data.invalid/b"}, lambda _path: Answer())
    assert len(server.asked) == 1


def test_a_manifest_says_what_was_asked_and_when_but_no_password(
    server: web.Loopback, tmp_path: Path
) -> None:
    cache = Cache(tmp_path)
    subject = {"url": "http://me:secret@data.invalid/b", "query": "all"}
    cache.keep(subject, lambda _path: Answer(missing=True, date=web.DATE))

    text = next(tmp_path.glob("*.json")).read_text(encoding="utf-8")
    assert "secret" not in text
    assert '"query": "all"' in text
    assert web.DATE in text
    assert cache.look_up(subject).missing
