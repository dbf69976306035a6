"""Who may enter: tokens that must be refused, and the life of tenants, users and roles."""
