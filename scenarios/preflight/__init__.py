"""Is there a cloud at all: hosts, a token, the catalogue, endpoints that answer, clocks."""
