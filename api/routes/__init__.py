"""The routes, one module a subject: parse, authorise, load, decide, store, render."""

from fastapi import APIRouter

from api.routes import (
    accounts,
    areas,
    buildings,
    cases,
    categories,
    grids,
    health,
    hotspots,
    locate,
    photos,
    plan_edits,
    plan_papers,
    plan_preview,
    plans,
    search,
    session,
    shifts,
    status,
    temporary_grids,
    tiles,
)

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    session.router,
    accounts.router,
    categories.router,
    cases.router,
    photos.router,
    shifts.router,
    status.router,
    areas.router,
    grids.router,
    temporary_grids.router,
    buildings.router,
    locate.router,
    hotspots.router,
    plans.router,
    plan_edits.router,
    plan_papers.router,
    plan_preview.router,
    search.router,
    tiles.router,
)
