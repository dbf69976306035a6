# What each section asks, by the means of framing.sh: the cheapest tool that is there.
ask_system() {
    run uname uname -snrm
    for file in /etc/os-release /etc/lsb-release /etc/redhat-release /etc/debian_version; do
        if [ -r "$file" ]; then peek "$file"; fi
        if [ "$file" = /etc/os-release ] && [ -r "$file" ]; then break; fi
    done
    peek /proc/uptime
    if [ -r /etc/deployday-doubles ]; then peek /etc/deployday-doubles; fi
    try fqdn hostname -f
}

tell_time() {
    run "$1" date -u '+%Y-%m-%dT%H:%M:%S %s %N'
    peek /proc/uptime
}

ask_clock() { tell_time begin; }
ask_clock_end() { tell_time end; }

ask_cpu() {
    if have awk && [ -r /proc/cpuinfo ]; then
        run cpuinfo awk -F: '/^processor[ \t0-9]*:/ { n++ }
            /^(model name|Processor|cpu|cpu model|flags|Features|features|vendor_id)[ \t]*:/ && !seen[$1]++ { print }
            END { print "count: " n }' /proc/cpuinfo
    else
        show /proc/cpuinfo 200000
    fi
}

ask_memory() { peek /proc/meminfo; }

ask_disks() {
    if [ -d /sys/block ]; then
        run sizes grep -s '' /sys/block/*/size /dev/null
    else
        peek /proc/partitions
    fi
}

ask_volume_groups() {
    try vgs vgs --noheadings --units b --nosuffix --separator '|' -o vg_name,vg_size,vg_free || return
    run lvs lvs --noheadings --separator '|' -o vg_name,lv_name
}

ask_mounts() {
    if [ -r /proc/mounts ]; then show /proc/mounts 400000; else try mount mount; fi
}

# Local file systems first: one that hangs on a dead server hides none of them.
ask_space() {
    if [ ! -r /proc/mounts ]; then
        try local df -P -k
        return
    fi
    far=
    set --
    while read -r device path type rest; do
        case $path in *\\*) continue ;; esac
        case $type in
        proc | sysfs | devpts | devtmpfs | cgroup* | securityfs | debugfs | tracefs | configfs | pstore | bpf) ;;
        mqueue | hugetlbfs | autofs | binfmt_misc | fusectl | rpc_pipefs | nsfs | efivarfs | selinuxfs | squashfs) ;;
        nfs* | cifs | smb* | ceph | fuse* | glusterfs | ocfs2 | gfs* | lustre | 9p | afs) far="$far $path" ;;
        *) set -- "$@" "$path" ;;
        esac
    done </proc/mounts
    if [ $# -gt 0 ]; then try local df -P -k "$@"; fi
    for path in $far; do try far df -P -k "$path"; done
}

ask_interfaces() {
    try ip ip addr || try ifconfig ifconfig -a
    part sys
    for net in /sys/class/net/*; do
        name=${net##*/}
        if [ -e "$net/device" ]; then printf 'physical %s\n' "$name"; fi
        if [ -d "$net/bridge" ]; then
            printf 'bridge %s\n' "$name"
            for port in "$net"/brif/*; do
                if [ -e "$port" ]; then printf 'port %s %s\n' "$name" "${port##*/}"; fi
            done
        fi
    done
    ended 0
    if [ -e /proc/net/vlan/config ]; then peek /proc/net/vlan/config; fi
}

ask_resolvers() { peek /etc/resolv.conf; }

ask_listeners() {
    if have ss; then
        run ss ss -lntup
    elif have netstat; then
        run netstat netstat -lntup || run netstat-plain netstat -lntu
    else
        for file in tcp tcp6 udp udp6; do show "/proc/net/$file" 400000; done
    fi
}

ask_processes() {
    try ps ps -A -o pid -o user=USERS_AS_LONG_AS_THEY_COME -o args
}

ask_services() {
    if [ -d /run/systemd/system ]; then
        run units systemctl --no-pager --no-legend --full --all --type=service list-units
        run unit-files systemctl --no-pager --no-legend --full --type=service list-unit-files
    elif have initctl; then
        run initctl initctl list
    fi
    if [ -d /etc/init ]; then
        run jobs grep -sE '^[[:space:]]*(start on|manual)' /etc/init/*.conf /etc/init/*.override /dev/null
    fi
    run links printf '%s\n' /etc/rc[0-6S].d/[SK]* /etc/rc.d/rc[0-6S].d/[SK]*
    run scripts printf '%s\n' /etc/init.d/*
    part pids
    for file in /var/run/*.pid /var/run/*/*.pid /var/run/*/*/*.pid; do
        if [ -r "$file" ] && read -r pid <"$file"; then
            case $pid in
            '' | *[!0-9]*) ;;
            *)
                comm=
                if [ -d "/proc/$pid" ]; then
                    comm=?
                    read -r comm <"/proc/$pid/comm"
                fi
                printf '%s %s %s\n' "$pid" "$file" "$comm"
                ;;
            esac
        fi
    done
    ended 0
    if [ -S /var/run/docker.sock ] && have docker; then
        run docker docker ps -a --no-trunc
    fi
    if have podman; then run podman podman ps -a --no-trunc; fi
}

ask_packages() {
    if have dpkg-query; then
        # shellcheck disable=SC2016
        run dpkg dpkg-query -W -f='${Package}\t${Version}\t${Status}\n'
    fi
    if have rpm; then
        run rpm rpm -qa --qf '%{NAME}\t%{EPOCH}:%{VERSION}-%{RELEASE}\n'
    fi
}

ask_users() {
    if have getent; then
        run passwd getent passwd
        run group getent group
    else
        show /etc/passwd 400000
        show /etc/group 400000
    fi
}

# look PATH…: what the paths are; digests last
look() {
    part looked
    for path; do
        if [ -e "$path" ] || [ -L "$path" ]; then
            shift
            set -- "$@" "$path"
        else
            shift
            if hidden "$path"; then printf 'denied %s\n' "$path"; else printf 'absent %s\n' "$path"; fi
        fi
    done
    ended 0
    if [ $# -eq 0 ]; then return; fi
    try stat stat -c '%f|%s|%U|%G|%n' "$@" || run ls ls -ld "$@"
    for path; do
        shift
        if [ -f "$path" ]; then
            if [ -r "$path" ]; then set -- "$@" "$path"; fi
        fi
    done
    if [ $# -eq 0 ]; then return; fi
    try sha256sum sha256sum "$@" || try openssl openssl dgst -sha256 "$@"
}

# settings FILE…: kernel settings, each read at once: a shell, which reads byte by byte, is given one digit
settings() {
    run settings grep '' "$@" /dev/null
}

ask_rules() { try iptables-save iptables-save; }

ask_domains() { try virsh virsh -r list --all; }

ask_targets() {
    try tgtadm tgtadm --lld iscsi --op show --mode target
    if [ -e /proc/net/iet/volume ]; then
        show /proc/net/iet/volume 200000
        show /proc/net/iet/session 200000
    fi
    lio=/sys/kernel/config/target/iscsi
    if [ ! -d "$lio" ]; then return; fi
    part lio
    for target in "$lio"/*.*; do
        if [ ! -d "$target" ]; then continue; fi
        printf 'target %s\n' "${target##*/}"
        for file in "$target"/tpgt_*/lun/lun_*/*/udev_path; do
            if read -r path <"$file"; then printf 'store %s\n' "$path"; fi
        done
        for file in "$target"/tpgt_*/dynamic_sessions "$target"/tpgt_*/acls/*/info; do
            if read -r line <"$file"; then printf 'session %s\n' "$line"; fi
        done
    done
    ended 0
}

# Each of these takes a second of Python: they are started together, and told one after the other.
ask_managed() {
    if ! have nova-manage; then
        part nova-manage
        ended missing
        return
    fi
    run network nova-manage network list | {
        run floating nova-manage floating list </dev/null | {
            run version nova-manage version list </dev/null | {
                run service nova-manage service list </dev/null
                cat
            }
            cat
        }
        cat
    }
}

ask_broker() {
    if ! have rabbitmqctl; then
        part rabbitmqctl
        ended missing
        return
    fi
    run queues rabbitmqctl -q list_queues name messages | {
        run cluster rabbitmqctl -q cluster_status </dev/null | {
            run status rabbitmqctl -q status </dev/null
            cat
        }
        cat
    }
}

ask_database() {
    if have mysqld || have mariadbd || [ -e /etc/mysql/debian.cnf ] || [ -S /var/run/mysqld/mysqld.sock ]; then
        if [ -r /etc/mysql/debian.cnf ]; then
            try mysql mysqladmin --defaults-file=/etc/mysql/debian.cnf --connect-timeout=5 ping version
        else
            try mysql mysqladmin --connect-timeout=5 ping version
        fi
    elif have psql && [ -d /var/lib/postgresql ]; then
        for socket in /var/run/postgresql/.s.PGSQL.* /tmp/.s.PGSQL.*; do
            if [ -S "$socket" ]; then
                # shellcheck disable=SC2016
                run psql su -s /bin/sh -c 'psql -XAtc "select version()"' postgres
                return
            fi
        done
        part psql
        printf 'no socket of a server\n'
        ended 2
    else
        part none
        ended missing
    fi
}
