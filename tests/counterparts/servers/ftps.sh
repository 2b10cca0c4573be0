#!/usr/bin/env bash
# vsftpd with TLS and a certificate of its own. The user blog sees a folder with `www` in it.
#
#   password        of the user blog
#   cert.pem        the certificate, self-made, for localhost and 127.0.0.1
#
# `start FOLDER implicit` speaks TLS from the first byte (ftps, as on port 990); otherwise AUTH TLS comes first,
# and nobody logs in without it. Like many hosts, it wants the data connection to resume the session of the
# control connection; `start FOLDER no-reuse` does not. `start FOLDER plain` has no TLS at all.
set -euo pipefail
name=ftps.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

start() {
    vsftpd=$(PATH="$PATH:/usr/sbin" command -v vsftpd) || stop_with "missing: apt-get install vsftpd"
    [ -f "$folder/password" ] || prepare_user
    certificate
    mkdir -p "$folder/empty"
    local tls=YES implicit=NO reuse=YES
    case "${1:-}" in
    implicit) implicit=YES ;;
    no-reuse) reuse=NO ;;
    plain) tls=NO ;;
    '') ;;
    *) stop_with "unknown: $1" ;;
    esac
    cat >"$folder/vsftpd.conf" <<CONFIG
listen=YES
listen_address=127.0.0.1
listen_port=$port
background=NO
anonymous_enable=NO
local_enable=YES
write_enable=YES
local_umask=022
chroot_local_user=YES
allow_writeable_chroot=YES
local_root=/mnt
secure_chroot_dir=$folder/empty
pam_service_name=vsftpd
# Its sandbox ends connections in containers that forbid what it asks for.
seccomp_sandbox=NO
pasv_address=127.0.0.1
utf8_filesystem=YES
xferlog_enable=YES
log_ftp_protocol=YES
vsftpd_log_file=$folder/server.log
ssl_enable=$tls
implicit_ssl=$implicit
require_ssl_reuse=$reuse
force_local_logins_ssl=YES
force_local_data_ssl=YES
ssl_tlsv1=YES
rsa_cert_file=$folder/cert.pem
rsa_private_key_file=$folder/key.pem
CONFIG
    # It must be root's; run from a checkout of somebody else, it would be theirs.
    chown 0:0 "$folder/vsftpd.conf"
    reachable
    background "$folder" start.log unshare --mount bash -c "$IN_OWN_MOUNTS" - "$folder" "$vsftpd" "$folder/vsftpd.conf"
    until_true 10 "vsftpd did not start: see $folder/start.log" answers "$port"
    local scheme=ftp
    if [ "$tls" = YES ]; then scheme=ftps; fi
    echo "$scheme://blog@127.0.0.1:$port/www" >"$folder/address"
}
run_server_script "$@"
