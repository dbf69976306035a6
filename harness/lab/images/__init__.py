"""Image service v1 as glance 2012.1 speaks it."""

from harness.lab.images.app import image_api, registry

builders = {"glance": image_api, "glance-registry": registry}
