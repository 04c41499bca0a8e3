"""The routes, one module a subject: parse, authorise, load, decide, store, render."""

from fastapi import APIRouter

from api.routes import health

ROUTERS: tuple[APIRouter, ...] = (health.router,)
