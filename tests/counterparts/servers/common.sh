# shellcheck shell=bash
# What the scripts of servers share. Sourced; expects a function `start` and $name.
#
#   NAME.sh start FOLDER [ARG…]   starts the server in FOLDER, which then has:
#                                   address      where it answers, as a URL
#                                   www/         what it serves, or what is uploaded to
#                                   and further files that the script names at its top
#   NAME.sh stop FOLDER           ends it; the folder stays

. "$(dirname "${BASH_SOURCE[0]}")/../background.sh"

# The servers' own user cannot look into a folder of mode 0700, such as mktemp makes.
reachable() { chmod 755 "$folder"; }

# in_own_mounts COMMAND…: runs a command that sees a user `blog` with a password, and the folder jail/ as /mnt,
# while the system knows of neither. Needs root and the permission to make a mount namespace.
BLOG_UID=61234
prepare_user() {
    [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null ||
        stop_with "needs root, and the permission for mount namespaces (unshare --mount)"
    mkdir -p "$folder/jail/www"
    ln -sfn jail/www "$folder/www"
    chown "$BLOG_UID:$BLOG_UID" "$folder/jail/www"
    password=$(head -c 12 /dev/urandom | base64 | tr -d '/+=')
    (umask 077 && echo "$password" >"$folder/password")
    { cat /etc/passwd && echo "blog:x:$BLOG_UID:$BLOG_UID::/mnt:/bin/sh"; } >"$folder/passwd"
    { cat /etc/group && echo "blog:x:$BLOG_UID:"; } >"$folder/group"
    (umask 077 && { cat /etc/shadow && echo "blog:$(openssl passwd -6 -stdin <"$folder/password"):19000:0:99999:7:::"; } >"$folder/shadow")
}
IN_OWN_MOUNTS='
    mount --make-rprivate /
    for file in passwd group shadow; do mount --bind "$1/$file" "/etc/$file"; done
    mount --bind "$1/jail" /mnt
    shift
    exec "$@"'

certificate() {
    [ -f "$folder/cert.pem" ] && return
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
    chmod 600 "$folder/key.pem"
}

run_server_script() {
    [ "$#" -ge 2 ] || stop_with "usage: $name start|stop FOLDER"
    local verb=$1
    mkdir -p "$2"
    folder=$(cd "$2" && pwd)
    shift 2
    case $verb in
    start)
        # The port stays the same when the server is started again.
        port=$(cat "$folder/port" 2>/dev/null || free_port)
        echo "$port" >"$folder/port"
        start "$@"
        ;;
    stop) end_all "$folder" ;;
    *) stop_with "usage: $name start|stop FOLDER" ;;
    esac
}
