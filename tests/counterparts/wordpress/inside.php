<?php
// Runs the PHP file of the first argument inside WordPress, as its first user.
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
$file = $argv[1];
$arguments = array_slice($argv, 2);
require getcwd() . '/wp-load.php';
wp_set_current_user(1);
require $file;
