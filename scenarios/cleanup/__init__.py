"""Leave nothing behind: everything that the run made is removed, and the proof that it is."""
