"""The extensions that nova 2012.1 ships, as its API tells of them."""

from __future__ import annotations

EXTENSIONS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "OS-DCF",
        "DiskConfig",
        "compute/ext/disk_config/api/v1.1",
        "2011-09-27T00:00:00+00:00",
        "Disk Management Extension",
    ),
    (
        "os-hosts",
        "Hosts",
        "compute/ext/hosts/api/v1.1",
        "2011-06-29T00:00:00+00:00",
        "Admin-only host administration",
    ),
    (
        "os-scheduler-hints",
        "SchedulerHints",
        "compute/ext/scheduler-hints/api/v2",
        "2011-07-19T00:00:00+00:00",
        "Pass arbitrary key/value pairs to the scheduler",
    ),
    (
        "os-quota-sets",
        "Quotas",
        "compute/ext/quotas-sets/api/v1.1",
        "2011-08-08T00:00:00+00:00",
        "Quotas management support",
    ),
    (
        "os-floating-ip-dns",
        "Floating_ip_dns",
        "ext/floating_ip_dns/api/v1.1",
        "2011-12-23T00:00:00+00:00",
        "Floating IP DNS support",
    ),
    (
        "OS-FLV-EXT-DATA",
        "FlavorExtraData",
        "compute/ext/flavor_extra_data/api/v1.1",
        "2011-09-14T00:00:00+00:00",
        "Provide additional data for flavors",
    ),
    (
        "os-flavor-extra-specs",
        "FlavorExtraSpecs",
        "compute/ext/flavor_extra_specs/api/v1.1",
        "2011-06-23T00:00:00+00:00",
        "Instance type (flavor) extra specs",
    ),
    (
        "security_groups",
        "SecurityGroups",
        "compute/ext/securitygroups/api/v1.1",
        "2011-07-21T00:00:00+00:00",
        "Security group support",
    ),
    (
        "os-accounts",
        "Accounts",
        "compute/ext/accounts/api/v1.1",
        "2011-12-23T00:00:00+00:00",
        "Admin-only access to accounts",
    ),
    (
        "os-volumes",
        "Volumes",
        "compute/ext/volumes/api/v1.1",
        "2011-03-25T00:00:00+00:00",
        "Volumes support",
    ),
    (
        "OS-EXT-STS",
        "ExtendedStatus",
        "compute/ext/extended_status/api/v1.1",
        "2011-11-03T00:00:00+00:00",
        "Extended Status support",
    ),
    (
        "os-consoles",
        "Consoles",
        "compute/ext/os-consoles/api/v2",
        "2011-12-23T00:00:00+00:00",
        "Interactive Console support.",
    ),
    (
        "virtual_interfaces",
        "VirtualInterfaces",
        "compute/ext/virtual_interfaces/api/v1.1",
        "2011-08-17T00:00:00+00:00",
        "Virtual interface support",
    ),
    (
        "os-aggregates",
        "Aggregates",
        "compute/ext/aggregates/api/v1.1",
        "2012-01-12T00:00:00+00:00",
        "Admin-only aggregate administration",
    ),
    (
        "os-create-server-ext",
        "Createserverext",
        "compute/ext/createserverext/api/v1.1",
        "2011-07-19T00:00:00+00:00",
        "Extended support to the Create Server v1.1 API",
    ),
    (
        "os-deferred-delete",
        "DeferredDelete",
        "compute/ext/deferred-delete/api/v1.1",
        "2011-09-01T00:00:00+00:00",
        "Instance deferred delete",
    ),
    (
        "os-server-diagnostics",
        "ServerDiagnostics",
        "compute/ext/server-diagnostics/api/v1.1",
        "2011-12-21T00:00:00+00:00",
        "Allow Admins to view server diagnostics through server action",
    ),
    (
        "os-networks",
        "Networks",
        "compute/ext/networks/api/v1.1",
        "2011-12-23T00:00:00+00:00",
        "Admin-only Network Management Extension",
    ),
    (
        "OS-EXT-SRV-ATTR",
        "ExtendedServerAttributes",
        "compute/ext/extended_status/api/v1.1",
        "2011-11-03T00:00:00+00:00",
        "Extended Server Attributes support.",
    ),
    (
        "os-keypairs",
        "Keypairs",
        "compute/ext/keypairs/api/v1.1",
        "2011-08-08T00:00:00+00:00",
        "Keypair Support",
    ),
    (
        "os-volume-types",
        "VolumeTypes",
        "compute/ext/volume_types/api/v1.1",
        "2011-08-24T00:00:00+00:00",
        "Volume types support",
    ),
    (
        "os-simple-tenant-usage",
        "SimpleTenantUsage",
        "compute/ext/os-simple-tenant-usage/api/v1.1",
        "2011-08-19T00:00:00+00:00",
        "Simple tenant usage extension",
    ),
    (
        "os-floating-ip-pools",
        "Floating_ip_pools",
        "compute/ext/floating_ip_pools/api/v1.1",
        "2012-01-04T00:00:00+00:00",
        "Floating IPs support",
    ),
    (
        "os-server-start-stop",
        "ServerStartStop",
        "compute/ext/servers/api/v1.1",
        "2012-01-23T00:00:00+00:00",
        "Start/Stop instance compute API support",
    ),
    (
        "os-certificates",
        "Certificates",
        "compute/ext/certificates/api/v1.1",
        "2012-01-19T00:00:00+00:00",
        "Certificates support",
    ),
    (
        "os-console-output",
        "Console_output",
        "compute/ext/os-console-output/api/v2",
        "2011-12-08T00:00:00+00:00",
        "Console log output support, with tailing ability.",
    ),
    (
        "os-flavor-manage",
        "FlavorManage",
        "compute/ext/flavor_manage/api/v1.1",
        "2012-01-19T00:00:00+00:00",
        "\n    Flavor create/delete API support\n    ",
    ),
    (
        "os-cloudpipe",
        "Cloudpipe",
        "compute/ext/cloudpipe/api/v1.1",
        "2011-12-16T00:00:00+00:00",
        (
            "Adds actions to create cloudpipe instances.\n"
            "\n"
            "    When running with the Vlan network mode, you need a mechanism to route\n"
            "    from the public Internet to your vlans.  This mechanism is known as a\n"
            "    cloudpipe.\n"
            "\n"
            "    At the time of creating this class, only OpenVPN is supported.  Support for\n"
            "    a SSH Bastion host is forthcoming.\n"
            "    "
        ),
    ),
    (
        "NMN",
        "Multinic",
        "compute/ext/multinic/api/v1.1",
        "2011-06-09T00:00:00+00:00",
        "Multiple network support",
    ),
    (
        "os-users",
        "Users",
        "compute/ext/users/api/v1.1",
        "2011-08-08T00:00:00+00:00",
        "Allow admins to acces user information",
    ),
    (
        "os-admin-actions",
        "AdminActions",
        "compute/ext/admin-actions/api/v1.1",
        "2011-09-20T00:00:00+00:00",
        (
            "Enable admin-only server actions\n"
            "\n"
            "    Actions include: pause, unpause, suspend, resume, migrate,\n"
            "    resetNetwork, injectNetworkInfo, lock, unlock, createBackup\n"
            "    "
        ),
    ),
    (
        "os-server-action-list",
        "ServerActionList",
        "compute/ext/server-actions-list/api/v1.1",
        "2011-12-21T00:00:00+00:00",
        "Allow Admins to view pending server actions",
    ),
    (
        "os-rescue",
        "Rescue",
        "compute/ext/rescue/api/v1.1",
        "2011-08-18T00:00:00+00:00",
        "Instance rescue mode",
    ),
    (
        "os-floating-ips",
        "Floating_ips",
        "compute/ext/floating_ips/api/v1.1",
        "2011-06-16T00:00:00+00:00",
        "Floating IPs support",
    ),
)
"""Alias, name, namespace (behind http://docs.openstack.org/), date, description; in the order of the
listing.
"""
