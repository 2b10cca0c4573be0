<?php
// post.php TITLE HTML: publishes a post, sends its pings, and prints its address.
$id = wp_insert_post(wp_slash([
    'post_title' => $arguments[0], 'post_content' => $arguments[1], 'post_status' => 'publish', 'post_author' => 1, 'ping_status' => 'open', 'comment_status' => 'open',
]), true);
if (is_wp_error($id)) {
    fwrite(STDERR, 'post.php: ' . $id->get_error_message() . "\n");
    exit(1);
}
do_all_pings();
echo get_permalink($id), "\n";
