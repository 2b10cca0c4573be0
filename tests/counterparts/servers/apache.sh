#!/usr/bin/env bash
# Apache serving FOLDER/www with its .htaccess, as shared hosts do, and PHP if its module is installed.
#
# `start FOLDER no-htaccess` ignores .htaccess files, as some hosts do. `start FOLDER tls` answers by https, with
# the self-made certificate cert.pem for localhost and 127.0.0.1.
set -euo pipefail
name=apache.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

MODULES=/usr/lib/apache2/modules
start() {
    apache=$(PATH="$PATH:/usr/sbin" command -v apache2) || stop_with "missing: apt-get install apache2"
    mkdir -p "$folder/www" "$folder/tmp"
    local override=All module php scheme=http
    if [ "${1:-}" = no-htaccess ]; then override=None; fi
    {
        echo "ServerRoot $folder"
        echo "Listen 127.0.0.1:$port"
        echo "ServerName 127.0.0.1:$port"
        echo "PidFile $folder/apache.pid"
        echo "Mutex file:$folder/tmp default"
        echo "ErrorLog $folder/error.log"
        # PHP's module is not safe with threads.
        for module in mpm_prefork authz_core dir mime alias rewrite headers expires deflate setenvif; do
            echo "LoadModule ${module}_module $MODULES/mod_$module.so"
        done
        for php in "$MODULES"/libphp*.so; do
            [ -f "$php" ] || continue
            echo "LoadModule php_module $php"
            echo '<FilesMatch "\.php$">'
            echo 'SetHandler application/x-httpd-php'
            echo '</FilesMatch>'
        done
        if [ "${1:-}" = tls ]; then
            certificate
            scheme=https
            echo "LoadModule socache_shmcb_module $MODULES/mod_socache_shmcb.so"
            echo "LoadModule ssl_module $MODULES/mod_ssl.so"
            echo "SSLEngine on"
            echo "SSLCertificateFile $folder/cert.pem"
            echo "SSLCertificateKeyFile $folder/key.pem"
        fi
        if [ "$(id -u)" = 0 ]; then echo "User www-data"; echo "Group www-data"; fi
        cat <<CONFIG
TypesConfig /etc/mime.types
DocumentRoot $folder/www
DirectoryIndex index.html index.php
<Directory />
  Require all denied
</Directory>
<Directory $folder/www>
  Options FollowSymLinks
  AllowOverride $override
  Require all granted
</Directory>
<FilesMatch "^\.ht">
  Require all denied
</FilesMatch>
StartServers 3
MinSpareServers 2
CONFIG
    } >"$folder/apache.conf"
    # A script of the site, such as the letterbox, may make a folder there.
    if [ "$(id -u)" = 0 ]; then chown www-data:www-data "$folder/www"; fi
    reachable
    "$apache" -t -f "$folder/apache.conf" >"$folder/start.log" 2>&1 || stop_with "$(cat "$folder/start.log")"
    background "$folder" start.log "$apache" -DFOREGROUND -f "$folder/apache.conf"
    until_true 10 "Apache did not start: see $folder/error.log" answers "$port"
    echo "$scheme://127.0.0.1:$port" >"$folder/address"
}
run_server_script "$@"
