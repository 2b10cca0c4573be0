#!/usr/bin/env bash
# Pingmark against the programs that it talks to, each run for real on this machine's loopback, in temporary
# folders: a PHP host for the letterbox, WordPress, OpenSSH, vsftpd, an S3 server, Apache and nginx; and two blogs
# of Pingmark with each other, and one with 300 hosts at once.
#
#   tests/counterparts/run.sh                all parts; installs what is missing, as root on Debian
#   tests/counterparts/run.sh PART…          some: letterbox servers wordpress conversation load
#   tests/counterparts/run.sh --install      only installs
#
# PINGMARK is the program, by default target/debug/pingmark. Exits with 0 only if every part ran and passed: what
# cannot be installed or run is a failure, never a part that was left out in silence. Under four minutes once
# the packages are there. Whatever it started is ended when it ends, also by Ctrl-C.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here"
name=tests/counterparts/run.sh
. ./background.sh

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }
say() { printf '\n== %s\n' "$*"; }

parts=()
only_install=
for argument in "$@"; do
    case $argument in
    --install) only_install=yes ;;
    letterbox | servers | wordpress | conversation | load) parts+=("$argument") ;;
    *) stop_with "no part \`$argument\`; the parts are letterbox, servers, wordpress, conversation and load" ;;
    esac
done
if [ "${#parts[@]}" = 0 ]; then parts=(letterbox servers wordpress conversation load); fi
runs() { [[ " ${parts[*]} " = *" $1 "* ]]; }

# ---- what the parts need ----------------------------------------------------------------------

packages=()
need() { has "$1" || packages+=("$2"); }
need node nodejs
need php php-cli
need python3 python3
extensions=
if has php; then extensions=$(php -m); fi
php_has() { grep -qix "$1" <<<"$extensions"; }
php_has xmlreader || packages+=(php-xml)
if runs servers; then
    need curl curl
    need sftp openssh-client
    need sshd openssh-server
    need vsftpd vsftpd
    need lftp lftp
    need apache2 apache2
    [ -n "$(ls /usr/lib/apache2/modules/libphp*.so 2>/dev/null)" ] || packages+=(libapache2-mod-php)
    need nginx nginx-light
    need openssl openssl
    [ -f /etc/mime.types ] || packages+=(media-types)
    python3 -c 'import venv, ensurepip' 2>/dev/null || packages+=(python3-venv)
fi
if runs wordpress; then
    php_has mysqli || packages+=(php-mysql)
    php_has curl || packages+=(php-curl)
    php_has mbstring || packages+=(php-mbstring)
    php_has gd || packages+=(php-gd)
    [ -f "${WORDPRESS:-/usr/share/wordpress}/wp-load.php" ] || packages+=(wordpress)
    [ -d "${WORDPRESS:-/usr/share/wordpress}/wp-content/themes/twentytwentyone" ] || packages+=(wordpress-theme-twentytwentyone)
    need mariadbd mariadb-server
fi

# Debian starts services when it installs them, unless this file says no.
POLICY=/usr/sbin/policy-rc.d
install_packages() {
    [ "$#" -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] && has apt-get ||
        stop_with "missing: $*. Install them with your system's package manager (without starting services) and run this again."
    say "installing $*"
    local made_policy=
    if [ ! -e "$POLICY" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$POLICY"
        chmod +x "$POLICY"
        made_policy=yes
        trap 'rm -f "$POLICY"' EXIT
    fi
    local status=0
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -qq -o DPkg::Lock::Timeout=300 update &&
        apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" >/dev/null; } || status=$?
    if [ -n "$made_policy" ]; then rm -f "$POLICY"; fi
    [ "$status" = 0 ] || stop_with "apt-get could not install: $*"
}

export COUNTERPARTS_PYTHON=${COUNTERPARTS_PYTHON:-$here/.venv/bin/python}
install_python() {
    runs servers || return 0
    # The versions that were asked for, once.
    if [ "$COUNTERPARTS_PYTHON" = "$here/.venv/bin/python" ] && ! cmp -s requirements.txt .venv/installed; then
        say "installing $(grep -o '^[a-zA-Z0-9]*' requirements.txt | paste -sd ' ') for Python"
        local python=python3
        # Debian's own, where another one comes first on the path.
        if [ -x /usr/bin/python3 ]; then python=/usr/bin/python3; fi
        rm -rf .venv
        "$python" -m venv .venv && .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt ||
            stop_with "pip could not install the packages of tests/counterparts/requirements.txt"
        cp requirements.txt .venv/installed
    fi
    "$COUNTERPARTS_PYTHON" -c 'import moto, pyftpdlib' || stop_with "$COUNTERPARTS_PYTHON has no moto or pyftpdlib"
}

install_packages ${packages[@]+"${packages[@]}"}
install_python
[ "$(printf '%s\n' v20 "$(node --version)" | sort -V | head -n 1)" = v20 ] || stop_with "Node $(node --version) is too old; 20 or later is needed"
if [ -n "$only_install" ]; then exit 0; fi
if runs servers && ! { [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; }; then
    stop_with "the part servers needs root and mount namespaces (unshare --mount): the other parts run with: letterbox wordpress"
fi

export PINGMARK=${PINGMARK:-${CARGO_TARGET_DIR:-$here/../../target}/debug/pingmark}
if { runs wordpress || runs conversation || runs load; } && [ ! -x "$PINGMARK" ]; then
    stop_with "no program at $PINGMARK: run \`cargo build\`, or set PINGMARK"
fi
PINGMARK=$(realpath -m "$PINGMARK")

# ---- the parts --------------------------------------------------------------------------------

COUNTERPARTS_SCRATCH=$(mktemp -d)
export COUNTERPARTS_SCRATCH
# The servers' own users look into it.
chmod 755 "$COUNTERPARTS_SCRATCH"
tidy() {
    trap - EXIT INT TERM
    if [ -n "${tests:-}" ]; then kill -TERM "$tests" 2>/dev/null || true; fi
    local list
    for list in "$COUNTERPARTS_SCRATCH/pids" "$COUNTERPARTS_SCRATCH"/*/pids; do
        if [ -f "$list" ]; then end_all "$(dirname "$list")"; fi
    done
    rm -rf "$COUNTERPARTS_SCRATCH"
}
trap tidy EXIT
trap 'tidy; exit 130' INT
trap 'tidy; exit 143' TERM

files=()
for part in "${parts[@]}"; do files+=("$part.test.js"); done
say "counterparts: ${parts[*]}"
# One after the other: each starts several servers, and some are limited in time. In the background, because a
# shell that waits for a program in the foreground takes note of a signal only afterwards.
timeout -k 10 900 node --test --test-concurrency=1 --test-reporter=spec "${files[@]}" &
tests=$!
status=0
wait "$tests" || status=$?
tests=
if [ "$status" = 124 ]; then echo "$name: the tests took more than 15 minutes" >&2; fi
exit "$status"
