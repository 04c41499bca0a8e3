"""The FastAPI application, the command line and the worker."""
