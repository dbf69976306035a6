"""Properties are about outcomes, not about time: a busy machine fails none of them."""

from hypothesis import HealthCheck, settings

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
