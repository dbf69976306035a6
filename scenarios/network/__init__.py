"""Stories of networks, floating addresses and security groups: what the API tells, and what really passes."""
