"""The routes, one module a subject: parse, authorise, load, decide, store, render."""

from fastapi import APIRouter

from api.routes import areas, buildings, grids, health, search, tiles

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    areas.router,
    grids.router,
    buildings.router,
    search.router,
    tiles.router,
)
