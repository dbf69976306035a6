"""Object storage: the life of a container and of an object, and who may not look."""
