"""Stories of guests: the inside of servers, entered as their users enter them."""
