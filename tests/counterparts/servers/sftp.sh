#!/usr/bin/env bash
# OpenSSH with its SFTP server, on a port and with host keys of its own. The user blog sees a folder with `www`
# in it, as on a shared host, and can neither leave it nor run a command.
#
#   password        of the user blog
#   id_ed25519      a key that is accepted instead
#   known_hosts     the server's host key, as `ssh -o UserKnownHostsFile=` takes it
#
# `start FOLDER new-host-key` makes another host key first, as an attacker or a moved host would have.
set -euo pipefail
name=sftp.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

start() {
    sshd=$(PATH="$PATH:/usr/sbin" command -v sshd) || stop_with "missing: apt-get install openssh-server"
    [ -f "$folder/password" ] || prepare_user
    if [ "${1:-}" = new-host-key ]; then rm -f "$folder/host_ed25519"*; fi
    for key in host_ed25519 id_ed25519; do
        [ -f "$folder/$key" ] || ssh-keygen -q -t ed25519 -N '' -C test -f "$folder/$key"
    done
    echo "[127.0.0.1]:$port $(cut -d ' ' -f 1,2 "$folder/host_ed25519.pub")" >"$folder/known_hosts"
    cp "$folder/id_ed25519.pub" "$folder/authorized_keys"
    cat >"$folder/sshd_config" <<CONFIG
ListenAddress 127.0.0.1
Port $port
HostKey $folder/host_ed25519
PidFile none
AuthorizedKeysFile $folder/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication yes
AllowUsers blog
MaxStartups 100
LogLevel VERBOSE
Subsystem sftp internal-sftp
ForceCommand internal-sftp -l INFO
ChrootDirectory /mnt
DisableForwarding yes
CONFIG
    # sshd wants this empty folder for its unprivileged half; the package makes it when the service starts.
    mkdir -p /run/sshd
    reachable
    background "$folder" server.log unshare --mount bash -c "$IN_OWN_MOUNTS" - "$folder" "$sshd" -D -e -f "$folder/sshd_config"
    until_true 10 "sshd did not start: $(tail -n 3 "$folder/server.log" 2>/dev/null)" answers "$port"
    echo "sftp://blog@127.0.0.1:$port/www" >"$folder/address"
}
run_server_script "$@"
