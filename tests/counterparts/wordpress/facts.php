<?php
// What WordPress itself knows of its blog, as JSON: held against what another program made of the export.
// Times are UTC; `text` is what a reader sees of a post, without
// markup, of which each tag counts as a space.
$plain = static function (string $html): string {
    return trim(preg_replace('/\s+/u', ' ', html_entity_decode(wp_strip_all_tags(str_replace('<', ' <', $html)), ENT_QUOTES | ENT_HTML5, 'UTF-8')));
};
$posts = [];
foreach (get_posts(['post_type' => ['post', 'page'], 'post_status' => 'any,trash', 'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC', 'suppress_filters' => true]) as $post) {
    setup_postdata($GLOBALS['post'] = $post);
    $comments = [];
    foreach (get_comments(['post_id' => $post->ID, 'status' => 'any', 'type' => '', 'orderby' => 'comment_ID', 'order' => 'ASC']) as $comment) {
        $comments[] = [
            'id' => (int) $comment->comment_ID, 'type' => $comment->comment_type, 'author' => html_entity_decode($comment->comment_author, ENT_QUOTES | ENT_HTML5, 'UTF-8'),
            'url' => $comment->comment_author_url, 'gmt' => $comment->comment_date_gmt, 'approved' => $comment->comment_approved,
            'parent' => (int) $comment->comment_parent, 'text' => $plain($comment->comment_content),
            'own' => strpos($comment->comment_author_url, home_url('/')) === 0,
        ];
    }
    $posts[] = [
        'id' => $post->ID, 'type' => $post->post_type, 'status' => $post->post_status, 'password' => $post->post_password !== '',
        'slug' => urldecode($post->post_name), 'link' => get_permalink($post), 'guid' => $post->guid, 'title' => html_entity_decode($post->post_title, ENT_QUOTES | ENT_HTML5, 'UTF-8'),
        'local' => $post->post_date, 'gmt' => $post->post_date_gmt, 'author' => get_the_author_meta('display_name', $post->post_author),
        'categories' => $post->post_type === 'post' ? array_map('html_entity_decode', wp_get_post_categories($post->ID, ['fields' => 'names'])) : [],
        'tags' => array_map('html_entity_decode', wp_get_post_tags($post->ID, ['fields' => 'names'])), 'sticky' => is_sticky($post->ID),
        'old_slugs' => get_post_meta($post->ID, '_wp_old_slug'), 'text' => $plain(apply_filters('the_content', implode("\n\n", get_the_content() === '' ? [''] : $GLOBALS['pages']))),
        'comments' => $comments,
    ];
}
$media = [];
foreach (get_posts(['post_type' => 'attachment', 'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC']) as $file) {
    $media[] = ['id' => $file->ID, 'url' => wp_get_attachment_url($file->ID), 'alt' => get_post_meta($file->ID, '_wp_attachment_image_alt', true), 'caption' => $file->post_excerpt, 'page' => get_permalink($file)];
}
$categories = [];
foreach (get_categories(['hide_empty' => false]) as $category) {
    $parent = $category->parent ? get_category($category->parent)->name : null;
    $categories[] = ['name' => html_entity_decode($category->name), 'slug' => $category->slug, 'parent' => $parent === null ? null : html_entity_decode($parent), 'count' => $category->count];
}
echo json_encode([
    'version' => get_bloginfo('version'), 'home' => home_url('/'), 'title' => get_bloginfo('name'), 'description' => get_bloginfo('description'),
    'posts' => $posts, 'media' => $media, 'categories' => $categories,
    'uploads' => wp_get_upload_dir()['basedir'],
], JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRETTY_PRINT | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
