<?php
require_once ABSPATH . 'wp-admin/includes/export.php';
export_wp(['content' => 'all']);
