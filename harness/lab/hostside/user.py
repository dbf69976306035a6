"""The one account of the lab's nodes."""

USER = "lab"
