"""Images: those that were described, and the life of one that is made here."""
