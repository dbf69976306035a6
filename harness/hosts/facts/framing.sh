# What a host is asked: POSIX sh, nothing read from standard input, nothing written to a disk.
# N, the nonce of every frame, is set before this; what is said between two frames is anybody's text.
#   N { section / N @ part / N ? status of the part / N = section (said all) / N } section why / N .
LC_ALL=C
LVM_SUPPRESS_FD_WARNINGS=1
export LC_ALL LVM_SUPPRESS_FD_WARNINGS
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
export PATH
unset CDPATH ENV BASH_ENV POSIXLY_CORRECT COLUMNS 2>/dev/null

part() { printf '\n%s @ %s\n' "$N" "$1"; }
ended() { printf '\n%s ? %s\n' "$N" "$1"; }
have() { command -v "$1" >/dev/null 2>&1; }

# run LABEL COMMAND…: what it prints, and how it ends
run() {
    part "$1"
    shift
    "$@" 2>&1
    code=$?
    ended $code
    return $code
}

# try LABEL COMMAND…: the same where the command is there
try() {
    if have "$2"; then
        run "$@"
        return $?
    fi
    part "$1"
    ended missing
    return 1
}

# unread FILE: why a file cannot be read
unread() {
    part "$1"
    if [ -f "$1" ]; then
        ended denied
    elif [ -e "$1" ]; then
        ended other
    elif hidden "$1"; then
        ended denied
    else
        ended absent
    fi
}

# hidden PATH: whether a folder on the way to it may not be entered
hidden() {
    way=${1%/*}
    while [ -n "$way" ]; do
        if [ -d "$way" ]; then
            if [ -x "$way" ]; then return 1; else return 0; fi
        fi
        way=${way%/*}
    done
    return 1
}

# peek FILE: a short file, without a process
peek() {
    if [ -r "$1" ] && [ -f "$1" ]; then
        part "$1"
        while IFS= read -r line || [ -n "$line" ]; do
            printf '%s\n' "$line"
        done <"$1"
        ended 0
    else
        unread "$1"
    fi
}

# show FILE BYTES: a file, and no more than so many bytes of it
show() {
    if [ -r "$1" ] && [ -f "$1" ]; then
        part "$1"
        {
            $BOUND "$2" 2>&1
            code=$?
            line=
            if read -r line || [ -n "$line" ]; then code=cut; fi
        } <"$1"
        ended $code
    else
        unread "$1"
    fi
}

# Every second a signal comes: wait is woken by it, and a section that takes too long is ended.
TICKS=0
LEFT=90
trap 'TICKS=$((TICKS + 1)) LEFT=$((LEFT - 1))' USR1

# slay SPARED: end every descendant but the one that ticks, and that one
slay() {
    pairs=
    for stat in /proc/[0-9]*/status; do
        one=${stat#/proc/}
        one=${one%/status}
        while read -r key value rest; do
            if [ "$key" = PPid: ]; then
                pairs="$pairs $one:$value"
                break
            fi
        done <"$stat"
    done 2>/dev/null
    if [ -z "$pairs" ]; then
        pairs=$(ps -A -o pid= -o ppid= 2>/dev/null | while read -r one value; do printf ' %s:%s' "$one" "$value"; done)
    fi
    family=" $$ "
    doomed=
    for round in 1 2 3 4 5 6 7 8; do
        for pair in $pairs; do
            one=${pair%:*}
            case $family in *" $one "*) continue ;; esac
            case $family in
            *" ${pair#*:} "*)
                if [ "$one" != "$TICKER" ] && [ "$one" != "$1" ]; then
                    family="$family$one "
                    doomed="$doomed $one"
                fi
                ;;
            esac
        done
    done
    # shellcheck disable=SC2086
    kill -9 $doomed 2>/dev/null
}

# section NAME SECONDS BYTES: one part of the facts, bounded in time and size
section() {
    printf '\n%s { %s\n' "$N" "$1"
    if [ "$LEFT" -le 0 ]; then
        printf '\n%s } %s skipped\n' "$N" "$1"
        return
    fi
    TICKS=0
    why=
    {
        "ask_$1"
        printf '\n%s = %s\n' "$N" "$1"
    } </dev/null 2>/dev/null | $BOUND "$3" &
    guard=$!
    while :; do
        wait "$guard" 2>/dev/null
        if [ $? -le 128 ]; then break; fi
        if ! kill -0 "$guard" 2>/dev/null; then break; fi
        if [ "$TICKS" -gt "$2" ]; then
            if [ -n "$why" ]; then
                slay none
                break
            fi
            why=late
            slay "$guard" # which still says what came until then
        fi
    done
    printf '\n%s } %s %s\n' "$N" "$1" "$why"
}

# begin, finish: around all sections
begin() {
    exec 2>/dev/null
    if head -c 1 </dev/null >/dev/null 2>&1; then BOUND='head -c'; else BOUND='head -n'; fi
    { while sleep 1 && kill -USR1 $$; do :; done; } </dev/null >/dev/null 2>&1 &
    TICKER=$!
}

finish() {
    kill "$TICKER" 2>/dev/null
    printf '\n%s .\n' "$N"
}
