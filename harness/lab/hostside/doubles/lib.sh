# What the doubles of a node share. T holds the tables that say what is played, M the machine's own programs.
T=/etc/deployday-lab
M=/opt/deployday-lab/machine

# value NAME DEFAULT: a line NAME=VALUE of the table of values
value() {
    found=$2
    while IFS='=' read -r name rest; do
        if [ "$name" = "$1" ]; then found=$rest; fi
    done <"$T/values"
    printf '%s' "$found"
}

# am_root: whether the session became root
am_root() { [ "${SUDO_UID-}${LAB_ROOT-}" != "" ]; }

# root_only WORDS: refuse everybody else, in the tool's own words
root_only() {
    if ! am_root; then
        printf '%s\n' "$1" >&2
        exit "${2:-1}"
    fi
}

# ask WORD…: the process of the lab answers: what it prints, and how it ends
ask() {
    asked=$(mktemp -d /run/deployday-lab/asked.XXXXXXXX) || exit 1
    mkfifo "$asked/end"
    if am_root; then who=0; else who=1000; fi
    printf '%s %s %s\n' "${asked##*/}" "$who" "$*" >/run/deployday-lab/asks
    read -r ended <"$asked/end"
    cat "$asked/out"
    cat "$asked/err" >&2
    rm -r "$asked"
    return "$ended"
}

# hang NAME: where the table says that a tool hangs, it does
hang() {
    if [ "$(value "hangs_$1" no)" = yes ]; then
        while :; do sleep 60; done
    fi
}
