# shellcheck shell=bash
# Starting and stopping servers. Sourced by the scripts of this folder; needs $name, what messages begin with.
#
# Each server has a folder with `pids`, one process group a line, in which it was started.

stop_with() {
    printf '%s: %s\n' "$name" "$*" >&2
    exit 1
}

# background FOLDER LOG COMMAND…: starts a command in a process group of its own, so that its children end with it.
background() {
    local folder=$1 log=$2
    shift 2
    setsid "$@" >>"$folder/$log" 2>&1 </dev/null &
    echo "$!" >>"$folder/pids"
}

# until_true SECONDS WHAT COMMAND…: waits until a command succeeds.
until_true() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || stop_with "$what"
        sleep 0.1
    done
}

# answers PORT: whether something accepts connections there.
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# end_all FOLDER: ends what was started there: politely, then at once. Last started, first ended.
end_all() {
    local folder=$1 group end
    [ -f "$folder/pids" ] || return 0
    for group in $(tac "$folder/pids"); do
        kill -TERM "-$group" 2>/dev/null || continue
        end=$((SECONDS + 20))
        while kill -0 "-$group" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do sleep 0.05; done
        kill -KILL "-$group" 2>/dev/null || true
    done
    rm -f "$folder/pids"
}
