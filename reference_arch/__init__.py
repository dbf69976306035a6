"""The described clouds that are shipped: YAML, found by name (``essex/six-node``). See README.md here."""
