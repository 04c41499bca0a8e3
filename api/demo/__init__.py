"""Loading the demo town: imported, divided, staffed and lived in through the application itself."""

from api.demo.load import is_loaded, load_demo
from api.demo.office import DemoError
from api.demo.staff import DEMO_PASSWORD, demo_accounts

__all__ = ["DEMO_PASSWORD", "DemoError", "demo_accounts", "is_loaded", "load_demo"]
