"""The real client in a browser: from nothing to a coloured map, from a commit to another colour."""

import shutil
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
from playwright.sync_api import Page, Response, sync_playwright

from api.cookies import COOKIE
from bench.big_town import BigTown
from bench.peers import ServerProcess, free_port, our_server
from bench.reporter import Reporter
from bench.result import Result
from data.database import open_engine

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STARTS: Final = 3
CHANGES: Final = 8
WAIT_MS: Final = 120_000
ZOOM: Final = 15
# Theme "open": one case more is another colour where there were so many.
_LAST_OF_ITS_CLASS: Final = (0, 1, 3, 6, 10)

# Polls in the page: its content security policy lets no string be evaluated there. Tells when
# tiles of grids show more than one colour, that is more than "not known yet".
COLOURED: Final = """async () => {
  const colours = () => {
    const seen = new Set()
    for (const tile of document.querySelectorAll('.leaflet-grids-pane .leaflet-tile-loaded')) {
      const copy = document.createElement('canvas')
      copy.width = copy.height = 64
      const context = copy.getContext('2d')
      context.imageSmoothingEnabled = false
      context.drawImage(tile, 0, 0, 64, 64)
      const { data } = context.getImageData(0, 0, 64, 64)
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 90 && data[i + 3] < 160) seen.add(data.slice(i, i + 3).join())
      }
    }
    return seen.size
  }
  const busy = () => document.querySelector('#map')?.getAttribute('aria-busy') !== 'false'
  while (busy() || colours() < 2) await new Promise(requestAnimationFrame)
  return performance.now()
}"""

# The colour in the middle of the map, until it differs.
RECOLOURED: Final = """async () => {
  const map = document.querySelector('#map').getBoundingClientRect()
  const [x, y] = [map.left + map.width / 2 + 12, map.top + map.height / 2 + 12]
  const colour = () => {
    for (const tile of document.querySelectorAll('.leaflet-grids-pane .leaflet-tile-loaded')) {
      const box = tile.getBoundingClientRect()
      if (x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue
      const copy = document.createElement('canvas')
      copy.width = copy.height = 1
      const context = copy.getContext('2d')
      const scale = tile.width / box.width
      context.drawImage(tile, -(x - box.left) * scale, -(y - box.top) * scale)
      return context.getImageData(0, 0, 1, 1).data.join()
    }
    return ''
  }
  const before = colour()
  window.dispatchEvent(new Event('sanbai-bench-ready'))
  while (colour() === before) await new Promise(requestAnimationFrame)
  return Date.now()
}"""


def browser(town: BigTown) -> list[Result]:
    """Measure with Debian's Chromium; nothing where there is none or the client is not built."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    built = (Path(__file__).parent.parent / "api" / "webclient" / "index.html").exists()
    if chromium is None or not built:
        return []
    port = free_port()
    with our_server(town.environment, port) as server, sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            return [*_cold(town, server, launched), *_recoloured(town, server, launched)]
        finally:
            launched.close()


def _page(town: BigTown, server: ServerProcess, launched: Any) -> Page:
    context = launched.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(WAIT_MS)
    token = town.headers("commander")["Cookie"].partition("=")[2]
    context.add_cookies([{"name": COOKIE, "value": token, "url": server.url}])
    page: Page = context.new_page()
    return page


def _cold(town: BigTown, server: ServerProcess, launched: Any) -> list[Result]:
    """From the address to all tiles in view painted with the colours of their status."""
    process = psutil.Process(server.pid)
    shown, cpu, answers = [], [], []
    place = Reporter(engine := open_engine(town.urls.app, pool_size=1)).places[0]
    engine.dispose()
    for _ in range(STARTS):
        page = _page(town, server, launched)
        came: list[Response] = []
        page.on("response", lambda one, came=came: came.append(one))
        before = sum(process.cpu_times()[:2])
        page.goto(f"{server.url}/#at={place.lon:.5f},{place.lat:.5f},{ZOOM}&theme=open")
        shown.append(float(page.evaluate(COLOURED)))
        cpu.append(1e3 * (sum(process.cpu_times()[:2]) - before))
        sizes = [_size(one) for one in came]
        answers.append((len(came), sum(sizes)))
        page.context.close()
    count, sent = answers[-1]
    note = f"first start of the server {shown[0]:.0f} ms; zoom {ZOOM}, 1440 × 900, nothing cached"
    return [
        Result("map", "cold start → coloured map", min(shown), None, "", "ms", "", note),
        Result("map", "cold start, requests", count, None, "", "", ""),
        Result("map", "cold start, sent", sent / 1e6, None, "", "MB", ""),
        Result("map", "cold start, server", min(cpu), None, "", "ms CPU of web", ""),
    ]


def _size(answer: Response) -> int:
    """Bytes of an answer as sent; the stream never ends and counts nothing."""
    if answer.url.partition("?")[0].endswith("/api/v1/live") or answer.status == 204:
        return 0
    sizes = answer.request.sizes()
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])


def _recoloured(town: BigTown, server: ServerProcess, launched: Any) -> list[Result]:
    """From the commit of a case to another colour of its grid on the screen."""
    engine = open_engine(town.urls.app, pool_size=1)
    reporter = Reporter(engine)
    took: list[float] = []
    fetched: list[str] = []
    for number, place in enumerate(reporter.places):
        if place.open not in _LAST_OF_ITS_CLASS or len(took) == CHANGES:
            continue
        page = _page(town, server, launched)
        page.goto(f"{server.url}/#at={place.lon:.6f},{place.lat:.6f},17&theme=open&on=grids")
        page.evaluate(COLOURED)
        page.locator('.freshness[data-state="live"]').wait_for()
        page.on("request", lambda request: fetched.append(request.url))
        changed = page.evaluate_handle(f"() => {{ window.changed = ({RECOLOURED})() }}")
        reporter.report(number)
        committed = time.time()
        took.append(float(page.evaluate("() => window.changed")) - 1e3 * committed)
        changed.dispose()
        page.context.close()
    engine.dispose()
    tiles = [url for url in fetched if "/tiles/" in url]
    note = f"{len(took)} grids, slowest {max(took):.0f} ms; {len(tiles)} tiles fetched meanwhile"
    what = "commit → recoloured grid on the screen"
    return [Result("map", what, float(np.median(took)), None, "", "ms", "", note)]
