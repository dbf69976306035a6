"""Identity v2.0 as keystone 2012.1 speaks it: a public port and an administrators' port over one store."""

from harness.lab.identity.ports import admin_port, public_port

builders = {"keystone": public_port, "keystone-admin": admin_port}
