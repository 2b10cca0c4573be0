<?php
// Installs WordPress from the command line.
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
define('WP_INSTALLING', true);
require getcwd() . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Le carnet de Claire', 'claire', 'claire@example.org', true, '', 'secret');
update_option('permalink_structure', '/%year%/%monthnum%/%day%/%postname%/');
update_option('timezone_string', 'Europe/Paris');
update_option('blogdescription', 'Animer une communauté, jour après jour');
update_option('default_ping_status', 'open');
update_option('default_pingback_flag', 1);
// Pings and comments are shown at once.
update_option('comment_moderation', 0);
update_option('comment_previously_approved', 0);
flush_rewrite_rules(false);
// The post, the page and the comment that every WordPress begins with.
wp_delete_post(1, true);
wp_delete_post(2, true);
wp_delete_post(3, true);
echo get_bloginfo('version'), "\n";
