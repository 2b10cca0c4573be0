<?php
// Makes all comments an hour older, so that none of them counts as the last one of the throttle.
global $wpdb;
$wpdb->query("UPDATE $wpdb->comments SET comment_date = comment_date - INTERVAL 1 HOUR, comment_date_gmt = comment_date_gmt - INTERVAL 1 HOUR");
