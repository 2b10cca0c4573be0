#!/usr/bin/env bash
# A real WordPress on loopback, wholly inside one folder: its own database server, without a network, and a
# copy of Debian's packaged WordPress behind PHP's own server.
#
#   wordpress.sh start FOLDER              installs and starts it; the address is then in FOLDER/address
#   wordpress.sh php FOLDER FILE [ARG…]    runs a PHP file inside it, as wp-cli's `eval-file` does
#   wordpress.sh export FOLDER             its export (WXR), as Tools > Export > All content gives it
#   wordpress.sh stop FOLDER               ends its processes; the folder stays and can be started again
#
# The user is claire, with the password `secret`. Switches for tests, with `php FOLDER wordpress/switch.php`:
# `throttle on|off` (fault 429 for a second ping within 15 seconds; off at first), `faults masked|plain`.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=wordpress.sh
. "$here/background.sh"

PACKAGED=${WORDPRESS:-/usr/share/wordpress}

usage() {
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

database_answers() { php -r '$c = @mysqli_connect("localhost", "root", "", "", 0, $argv[1]); exit($c ? 0 : 1);' "$folder/mariadb.sock"; }

start_database() {
    local user=()
    # The server refuses to run as root unless told to.
    if [ "$(id -u)" = 0 ]; then user=(--user=root); fi
    if [ ! -d "$folder/database" ]; then
        mariadb-install-db --no-defaults "${user[@]}" --datadir="$folder/database" --skip-test-db \
            --auth-root-authentication-method=normal >"$folder/mariadb-install.log" 2>&1 ||
            stop_with "mariadb-install-db failed: $(tail -n 3 "$folder/mariadb-install.log")"
    fi
    background "$folder" mariadb.log mariadbd --no-defaults "${user[@]}" --datadir="$folder/database" \
        --socket="$folder/mariadb.sock" --pid-file="$folder/mariadb.pid" --skip-networking --skip-log-bin \
        --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M
    until_true 60 "the database did not start; see $folder/mariadb.log" database_answers
}

copy_wordpress() {
    local home="http://127.0.0.1:$port"
    cp -rL "$PACKAGED" "$folder/www"
    # Debian keeps uploads elsewhere, by links of links; here they are plain folders.
    rm -rf "$folder/www/wp-content/uploads" "$folder/www/wp-content/mu-plugins"
    mkdir -p "$folder/www/wp-content/uploads" "$folder/www/wp-content/mu-plugins"
    cp "$here/wordpress/harness.php" "$folder/www/wp-content/mu-plugins/harness.php"
    cat >"$folder/www/wp-config.php" <<CONFIG
<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:$folder/mariadb.sock');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', '$home');
define('WP_SITEURL', '$home');
define('WP_CONTENT_DIR', __DIR__ . '/wp-content');
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_AUTO_UPDATE_CORE', false);
define('FS_METHOD', 'direct');
// Nothing leaves this machine.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_ACCESSIBLE_HOSTS', '127.0.0.1,localhost');
\$table_prefix = 'wp_';
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as \$name) {
    define("{\$name}_KEY", "test \$name key");
    define("{\$name}_SALT", "test \$name salt");
}
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
CONFIG
}

serve() {
    # WordPress fetches pages of its own while it answers, so that one worker would wait for itself.
    PHP_CLI_SERVER_WORKERS=6 background "$folder" php.log php -d memory_limit=256M -S "127.0.0.1:$port" -t "$folder/www" \
        "$here/wordpress/router.php"
    until_true 20 "PHP's server did not start; see $folder/php.log" answers "$port"
}

# Runs PHP as a visitor of this host would make WordPress run.
php_inside() {
    (cd "$folder/www" && php -d memory_limit=512M -d display_errors=stderr "$@")
}

start() {
    mkdir -p "$folder"
    [ -f "$PACKAGED/wp-load.php" ] || stop_with "no WordPress in $PACKAGED: apt-get install wordpress"
    trap 'end_all "$folder"' ERR
    start_database
    if [ -f "$folder/port" ]; then
        port=$(cat "$folder/port")
        serve
        return
    fi
    port=$(free_port)
    copy_wordpress
    php -r '$c = mysqli_connect("localhost", "root", "", "", 0, $argv[1]); $c->query("CREATE DATABASE wordpress CHARACTER SET utf8mb4");' \
        "$folder/mariadb.sock"
    php_inside "$here/wordpress/install.php" >"$folder/install.log" 2>&1 ||
        stop_with "WordPress could not be installed: $(tail -n 3 "$folder/install.log")"
    serve
    echo "$port" >"$folder/port"
    echo "http://127.0.0.1:$port" >"$folder/address"
}

[ "$#" -ge 2 ] || usage
verb=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
shift 2
# The path of a socket is at most 107 bytes long.
[ "${#folder}" -le 90 ] || stop_with "the path $folder is too long for the database's socket; take one of 90 bytes"
case $verb in
start) start ;;
php)
    [ "$#" -ge 1 ] || usage
    file=$(realpath "$1")
    shift
    php_inside "$here/wordpress/inside.php" "$file" "$@"
    ;;
export) php_inside "$here/wordpress/inside.php" "$here/wordpress/export.php" ;;
stop) end_all "$folder" ;;
*) usage ;;
esac
