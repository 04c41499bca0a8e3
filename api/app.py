"""The application: routes, failures, health, and the built web client at `/`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata
from pathlib import Path
from threading import BoundedSemaphore

from anyio import Semaphore
from fastapi import FastAPI
from pydantic import SecretStr

from api import description, errors, operations, requests
from api.basic_sign_in import BasicFront
from api.context import Clock, Context, system_clock
from api.device_front import DeviceFront
from api.live.hub import Hub
from api.oidc import provider_of
from api.passwords import Passwords
from api.routes import ROUTERS
from api.settings import Settings
from api.signed_in import SignedIn
from api.tile_front import TileFront
from api.web_client import WebClient
from data.database import open_engine
from data.files import open_files
from data.picture_workers import PictureWorkers
from data.sealing import open_seal
from data.server import database_urls
from data.status_board import StatusBoards
from tiles.grid_status import StatusTemplate
from tiles.memory import ByteMemory, Memory

WEB_CLIENT = Path(__file__).parent / "webclient"
# A process that decodes photos may take 1.2 GB; most take 200 MB.
PHOTOS_AT_ONCE = 2
# A map to take along asks the database thousands of times.
MAPS_AT_ONCE = 2
DESCRIPTION = """
Grids of about 300 households, the hazards and patrols on them, and what was put right.

Coordinates are longitude, latitude in WGS 84 unless a `datum` is given; times are UTC.
Every command carries `Operation-Id` (a UUIDv7 of the client's) and may be repeated safely.
Every failure is `application/problem+json`.
"""


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    settings
        None: from the environment.
    clock
        Gives the present moment in UTC; a test or the demo's history passes its own.
    """
    settings = settings or Settings()
    url = database_urls(settings.home, settings.database_url, settings.migration_database_url).app
    engine = open_engine(
        url,
        pool_size=settings.pool_size,
        statement_timeout_s=settings.statement_timeout_s,
        guarded=True,
    )
    boards, signed_in = StatusBoards(), SignedIn(settings.session_memory_s)
    direct = settings.live_database_url
    hub = Hub(
        url if direct is None else direct.get_secret_value(),
        boards,
        signed_in,
        clock,
        settings.live_clients,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        requests.limit_threads(settings.pool_size)
        try:
            async with hub.running():
                yield
        finally:
            # What is known of the database goes with the connections to it.
            for known in (parts.memory, parts.templates, parts.signed_in, parts.boards):
                known.forget()
            parts.pictures.close()
            engine.dispose()

    app = FastAPI(
        title="Sanbai 三百",
        version=metadata.version("sanbai"),
        description=DESCRIPTION,
        lifespan=lifespan,
        # Nobody is sent traces; to look for who might want them takes as long as a tile.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.context = parts = Context(
        settings,
        engine,
        open_files(settings.home, settings.files_url),
        clock,
        Passwords(settings.password_hashers),
        BoundedSemaphore(PHOTOS_AT_ONCE),
        BoundedSemaphore(MAPS_AT_ONCE),
        PictureWorkers(PHOTOS_AT_ONCE),
        Semaphore(settings.pool_size),
        ByteMemory(settings.tile_memory_mb * 1024 * 768),
        Memory[StatusTemplate](settings.tile_memory_mb * 1024 * 256),
        signed_in,
        boards,
        hub,
        provider_of(settings),
        open_seal(settings.home, _plain(settings.seal_key)),
    )
    errors.install(app)
    operations.install(app)
    app.add_middleware(TileFront)
    app.add_middleware(BasicFront)
    app.add_middleware(DeviceFront)
    requests.install(app)
    for router in ROUTERS:
        app.include_router(router)
    description.install(app)
    if WEB_CLIENT.is_dir():
        app.mount("/", WebClient(WEB_CLIENT), name="web")
    return app


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
