"""For every run of pytest in this checkout: our plugin, and pytest's own for testing plugins."""

pytest_plugins = ("harness.plugin", "pytester")
