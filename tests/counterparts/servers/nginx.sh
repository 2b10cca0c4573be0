#!/usr/bin/env bash
# nginx serving FOLDER/www.
#
# `start FOLDER FILE` includes a file in its `server` block, such as the snippet that `build` writes.
set -euo pipefail
name=nginx.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

start() {
    nginx=$(PATH="$PATH:/usr/sbin" command -v nginx) || stop_with "missing: apt-get install nginx-light"
    mkdir -p "$folder/www" "$folder/tmp"
    local include='' user=''
    if [ -n "${1:-}" ]; then include="include $(realpath "$1");"; fi
    # The folder may lie where only root can look.
    if [ "$(id -u)" = 0 ]; then user='user root;'; fi
    cat >"$folder/nginx.conf" <<CONFIG
$user
daemon off;
worker_processes 1;
pid $folder/nginx.pid;
error_log $folder/error.log;
events {}
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path $folder/tmp/body;
    proxy_temp_path $folder/tmp/proxy;
    fastcgi_temp_path $folder/tmp/fastcgi;
    uwsgi_temp_path $folder/tmp/uwsgi;
    scgi_temp_path $folder/tmp/scgi;
    server {
        listen 127.0.0.1:$port;
        root $folder/www;
        index index.html;
        $include
    }
}
CONFIG
    "$nginx" -t -p "$folder" -e "$folder/error.log" -c "$folder/nginx.conf" >"$folder/start.log" 2>&1 || stop_with "$(cat "$folder/start.log")"
    background "$folder" start.log "$nginx" -p "$folder" -e "$folder/error.log" -c "$folder/nginx.conf"
    until_true 10 "nginx did not start: see $folder/error.log" answers "$port"
    echo "http://127.0.0.1:$port" >"$folder/address"
}
run_server_script "$@"
