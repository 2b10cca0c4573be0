<?php
// A must-use plugin: what a WordPress on a test machine needs to talk to its neighbours on loopback.

// WordPress refuses to fetch loopback addresses and unusual ports.
add_filter('http_request_host_is_external', '__return_true');
add_filter('http_allowed_safe_ports', static function ($ports, $host, $url) {
    $ports[] = (int) parse_url($url, PHP_URL_PORT);
    return $ports;
}, 10, 3);
// Its two or three seconds are short on a machine that compiles at the same time.
add_filter('http_request_args', static function ($arguments) {
    $arguments['timeout'] = max(20, $arguments['timeout']);
    return $arguments;
});
add_filter('pre_wp_mail', '__return_true');

// Off: comments and pings as fast as they come. On: as WordPress is, one in 15 seconds.
if (get_option('harness_throttle', 'off') === 'off') {
    remove_filter('check_comment_flood', 'check_comment_flood_db', 10);
    add_filter('comment_flood_filter', '__return_false', 99);
    add_filter('wp_is_comment_flood', '__return_false', 99);
}
// Masked, as WordPress is: every fault of a pingback but 48 becomes 0 without a text.
if (get_option('harness_faults', 'masked') === 'plain') {
    remove_filter('xmlrpc_pingback_error', 'xmlrpc_pingback_error');
}

// As the plugin for source code does, which many blogs of programmers have.
add_shortcode('sourcecode', static function ($attributes, $content = '') {
    return '<pre>' . esc_html((string) $content) . '</pre>';
});
add_filter('no_texturize_shortcodes', static function ($names) {
    $names[] = 'sourcecode';
    return $names;
});
