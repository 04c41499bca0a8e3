"""The routes, one module a subject: parse, authorise, load, decide, store, render."""

from fastapi import APIRouter

from api.routes import (
    areas,
    buildings,
    cases,
    categories,
    grids,
    health,
    locate,
    plans,
    search,
    session,
    shifts,
    status,
    tiles,
)

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    session.router,
    categories.router,
    cases.router,
    shifts.router,
    status.router,
    areas.router,
    grids.router,
    buildings.router,
    locate.router,
    plans.router,
    search.router,
    tiles.router,
)
