<?php
// A blog as WordPress keeps one: each kind of post, page, comment and ping, on purpose with what goes wrong when
// a blog moves. The own pings are sent by WordPress itself. Run by `wordpress.sh php FOLDER fixture.php`.
//
// The addresses of posts that tests ask for by name are printed as JSON; facts.php says all the rest.
require_once ABSPATH . 'wp-admin/includes/image.php';
require_once ABSPATH . 'wp-admin/includes/taxonomy.php';

update_option('harness_throttle', 'off');
switch_theme('twentytwentyone');

// ---- people and terms ---------------------------------------------------------------------------------
wp_update_user(['ID' => 1, 'display_name' => 'Claire Dubois', 'user_url' => 'https://claire.example/', 'description' => 'Anime des communautés depuis 2008.']);
$ana = wp_insert_user(['user_login' => 'ana', 'user_pass' => 'secret', 'user_email' => 'ana@example.org', 'display_name' => 'Ana Ruiz', 'role' => 'author']);
$etienne = wp_insert_user(['user_login' => 'etienne', 'user_pass' => 'secret', 'user_email' => 'etienne@example.org', 'display_name' => 'Étienne d’Aoust', 'role' => 'editor']);

$metier = wp_insert_category(['cat_name' => 'Métier', 'category_description' => 'Le travail de chaque jour.']);
$moderation = wp_insert_category(['cat_name' => 'Modération', 'category_parent' => $metier]);
$outils = wp_insert_category(['cat_name' => 'Outils & méthodes', 'category_nicename' => 'outils', 'category_parent' => $moderation]);
$empty = wp_insert_category(['cat_name' => 'Jamais employée']);

// ---- pictures -----------------------------------------------------------------------------------------
/** A picture in the media library, drawn here, with its sized copies. */
function picture(string $name, string $title, string $alt, string $caption, int $width, int $height, int $parent = 0): int
{
    $image = imagecreatetruecolor($width, $height);
    imagefill($image, 0, 0, imagecolorallocate($image, 240, 235, 220));
    imagefilledellipse($image, intdiv($width, 2), intdiv($height, 2), intdiv($width, 2), intdiv($height, 2), imagecolorallocate($image, 30, 90, strlen($name) * 9));
    ob_start();
    str_ends_with($name, '.png') ? imagepng($image) : imagejpeg($image);
    $file = wp_upload_bits($name, null, ob_get_clean(), '2011/03');
    $id = wp_insert_attachment(['post_title' => $title, 'post_excerpt' => $caption, 'post_mime_type' => mime_content_type($file['file']), 'post_status' => 'inherit'], $file['file'], $parent);
    wp_update_attachment_metadata($id, wp_generate_attachment_metadata($id, $file['file']));
    update_post_meta($id, '_wp_attachment_image_alt', $alt);
    return $id;
}
$port = picture('le-port.jpg', 'Le port', 'Un port au petit matin', 'Le port, <em>avant</em> huit heures', 1600, 1000);
$quai = picture('quai.jpg', 'Le quai', 'Un quai', '', 900, 1200);
$schema = picture('schéma d’équipe.png', 'Schéma', 'Trois personnes et deux flèches', 'Qui répond à qui', 640, 480);

// ---- posts --------------------------------------------------------------------------------------------
/** A post whose local time is given; GMT follows from the blog's clock unless it is given too. */
function post(string $title, string $date, string $content, array $more = []): int
{
    $id = wp_insert_post(wp_slash($more + [
        'post_title' => $title, 'post_date' => $date, 'post_date_gmt' => get_gmt_from_date($date), 'post_content' => $content,
        'post_status' => 'publish', 'post_author' => 1, 'post_type' => 'post', 'ping_status' => 'open', 'comment_status' => 'open',
    ]), true);
    if (is_wp_error($id)) {
        fwrite(STDERR, "fixture.php: $title: " . $id->get_error_message() . "\n");
        exit(1);
    }
    return $id;
}

$first = post('Premier billet', '2011-03-04 09:15:00', "Bonjour à tous.\n\nUn retour à la ligne\nreste un retour à la ligne, dans un billet classique.\n\n<!--more-->\n\nEt la suite, avec des « guillemets » & une esperluette.", [
    'post_category' => [$metier], 'tags_input' => ['début', 'C++', 'Vie de l’équipe'], 'post_excerpt' => 'Un extrait écrit à la main.',
]);

$moderate = post('Modérer sans faire taire', '2011-05-10 18:00:00', '<!-- wp:paragraph -->
<p>Une règle courte, une échelle de réponses connue, un droit de recours.</p>
<!-- /wp:paragraph -->

<!-- wp:heading -->
<h2 id="la-regle">La règle</h2>
<!-- /wp:heading -->

<!-- wp:list {"ordered":true} -->
<ol><li>Lire avant de répondre.</li><li>Répondre avant de <strong>supprimer</strong>.<ul><li>Toujours dire pourquoi.</li></ul></li></ol>
<!-- /wp:list -->

<!-- wp:quote -->
<blockquote class="wp-block-quote"><p>Personne ne lit les règles.</p><cite>Ana</cite></blockquote>
<!-- /wp:quote -->

<!-- wp:image {"id":' . $port . ',"sizeSlug":"large"} -->
<figure class="wp-block-image size-large"><img src="' . wp_get_attachment_image_url($port, 'large') . '" alt="Un port au petit matin" class="wp-image-' . $port . '"/><figcaption>Le port, <em>avant</em> huit heures</figcaption></figure>
<!-- /wp:image -->

<!-- wp:gallery {"ids":[' . "$quai,$schema" . '],"linkTo":"none"} -->
<figure class="wp-block-gallery has-nested-images columns-default is-cropped"><!-- wp:image {"id":' . $quai . ',"sizeSlug":"medium"} -->
<figure class="wp-block-image size-medium"><img src="' . wp_get_attachment_image_url($quai, 'medium') . '" alt="Un quai" class="wp-image-' . $quai . '"/></figure>
<!-- /wp:image -->

<!-- wp:image {"id":' . $schema . ',"sizeSlug":"medium"} -->
<figure class="wp-block-image size-medium"><img src="' . wp_get_attachment_image_url($schema, 'medium') . '" alt="Trois personnes et deux flèches" class="wp-image-' . $schema . '"/><figcaption>Qui répond à qui</figcaption></figure>
<!-- /wp:image --></figure>
<!-- /wp:gallery -->

<!-- wp:columns -->
<div class="wp-block-columns"><!-- wp:column -->
<div class="wp-block-column"><!-- wp:paragraph -->
<p>À gauche, dans une colonne.</p>
<!-- /wp:paragraph --></div>
<!-- /wp:column -->

<!-- wp:column -->
<div class="wp-block-column"><!-- wp:paragraph -->
<p>À droite, dans une autre.</p>
<!-- /wp:paragraph --></div>
<!-- /wp:column --></div>
<!-- /wp:columns -->

<!-- wp:code -->
<pre class="wp-block-code"><code>if (a &lt; b) { taire(); } // [[pas un lien]]</code></pre>
<!-- /wp:code -->

<!-- wp:table -->
<figure class="wp-block-table"><table><thead><tr><th>Cas</th><th>Réponse</th></tr></thead><tbody><tr><td>Doute</td><td>Demander</td></tr></tbody></table></figure>
<!-- /wp:table -->', ['post_author' => $ana, 'post_category' => [$moderation, $outils], 'tags_input' => ['modération']]);
set_post_thumbnail($moderate, $port);

$classic = post('Trois images et une vidéo', '2012-01-20 12:00:00', '[caption id="attachment_' . $port . '" align="aligncenter" width="300"]<a href="' . wp_get_attachment_url($port) . '"><img class="wp-image-' . $port . '" src="' . wp_get_attachment_image_url($port, 'medium') . '" alt="Un port au petit matin" width="300" height="188" /></a> Le port, <em>avant</em> huit heures[/caption]

Comme je l’écrivais dans <a href="' . get_permalink($first) . '">mon premier billet</a>, tout commence par un bonjour. Voir aussi <a href="' . get_permalink($moderate) . '#la-regle">la règle</a>, et <a href="' . home_url("/?p=$first") . '">par son numéro</a>.

[gallery ids="' . "$port,$quai,$schema" . '" columns="2"]

https://www.youtube.com/watch?v=dQw4w9WgXcQ

[embed]https://vimeo.com/22439234[/embed]

[sourcecode language="php"]echo "[gallery] & <b>gras</b>";[/sourcecode]

Un [extension-inconnue a="1"] reste, et [a-z] n’en est pas une.', ['post_category' => [$metier]]);

$year = post('Le dernier soir de l’année', '2012-12-31 23:30:00', 'Écrit à Paris, le 31 décembre : en temps universel aussi.', ['post_category' => [$metier]]);
$january = post('Le premier matin', '2013-01-01 00:20:00', 'À Paris le premier janvier, à Greenwich encore le 31 décembre. Je cite <a href="' . get_permalink($year) . '">la veille</a>.', ['post_category' => [$metier]]);
$clock = post('L’heure qui se répète', '2012-10-28 02:30:00', 'La seconde fois.', ['post_date_gmt' => '2012-10-28 01:30:00']);
$pages = post('En deux pages', '2013-02-03 10:00:00', "La première.\n\n<!--nextpage-->\n\nLa seconde.");
$greek = post('Καλημέρα', '2013-03-04 10:00:00', 'Un billet dont l’adresse est grecque.');
$signs = post('Des signes *partout*', '2013-04-05 10:00:00', "# Pas un titre\n\nUne *étoile*, un _souligné_, `un accent grave`, {{ accolades }}, {% balise %}, [[crochets]], [@clé], 2 < 3 &amp; 4.\n\n1. pas une liste\n\n<pre>du   texte\n  [gallery] préformaté</pre>", ['post_category' => [$outils]]);
$block = post('Signature commune', '2013-05-01 10:00:00', '<!-- wp:paragraph --><p>Merci de nous lire.</p><!-- /wp:paragraph -->', ['post_type' => 'wp_block']);
$reuse = post('Avec un bloc réutilisé', '2013-05-06 10:00:00', '<!-- wp:paragraph -->
<p>Le texte, puis la signature :</p>
<!-- /wp:paragraph -->

<!-- wp:block {"ref":' . $block . '} /-->', ['post_author' => $etienne]);
$renamed = post('Une adresse qui change', '2013-06-07 10:00:00', 'Elle a changé.', ['post_name' => 'ancienne-adresse']);
wp_update_post(['ID' => $renamed, 'post_name' => 'nouvelle-adresse']);
$pinned = post('À lire d’abord', '2013-07-08 10:00:00', 'Le billet épinglé cite <a href="' . get_permalink($moderate) . '">Modérer sans faire taire</a> au milieu d’une phrase.', ['post_category' => [$moderation]]);
stick_post($pinned);
post('', '2013-08-09 10:00:00', 'Un billet sans titre, avec un retour.');

// What must never be seen.
$held = [];
foreach (['draft', 'pending', 'private', 'future', 'trash'] as $status) {
    $date = $status === 'future' ? '2039-01-01 10:00:00' : '2013-09-10 10:00:00';
    $held[] = post("Retenu : $status", $date, "SECRET-$status, ne pas publier. Voir <a href=\"" . get_permalink($first) . '">le premier</a>.', ['post_status' => $status]);
}
$held[] = post('Retenu : mot de passe', '2013-09-11 10:00:00', 'SECRET-password, ne pas publier.', ['post_password' => 'sésame']);

// ---- pages --------------------------------------------------------------------------------------------
$about = post('À propos', '2011-03-01 10:00:00', 'Qui nous sommes.', ['post_type' => 'page']);
$team = post('L’équipe', '2011-03-02 10:00:00', 'Claire, Ana et Étienne.', ['post_type' => 'page', 'post_parent' => $about]);

$menu = wp_create_nav_menu('Principal');
wp_update_nav_menu_item($menu, 0, ['menu-item-title' => 'À propos', 'menu-item-object' => 'page', 'menu-item-object-id' => $about, 'menu-item-type' => 'post_type', 'menu-item-status' => 'publish']);
wp_update_nav_menu_item($menu, 0, ['menu-item-title' => 'Ailleurs', 'menu-item-url' => 'https://ailleurs.example/', 'menu-item-type' => 'custom', 'menu-item-status' => 'publish']);

// ---- what others said ---------------------------------------------------------------------------------
function remark(int $post, string $author, string $gmt, string $content, array $more = []): int
{
    return wp_insert_comment(wp_slash($more + [
        'comment_post_ID' => $post, 'comment_author' => $author, 'comment_author_email' => 'secret@courriel.example', 'comment_author_IP' => '203.0.113.77',
        'comment_author_url' => '', 'comment_date_gmt' => $gmt, 'comment_date' => get_date_from_gmt($gmt), 'comment_content' => $content, 'comment_approved' => 1, 'comment_type' => 'comment',
    ]));
}
$question = remark($first, 'Bruno', '2011-03-04 10:00:00', "Bienvenue !\n\nEt bon courage.", ['comment_author_url' => 'https://bruno.example/']);
$reply = remark($first, 'Claire Dubois', '2011-03-04 11:30:00', 'Merci <em>Bruno</em>.', ['comment_parent' => $question, 'user_id' => 1]);
remark($first, 'Bruno', '2011-03-05 08:00:00', 'De rien.', ['comment_parent' => $reply, 'comment_author_url' => 'https://bruno.example/']);
remark($first, 'En attente', '2011-03-06 08:00:00', 'À relire.', ['comment_approved' => 0]);
remark($first, 'Réclame', '2011-03-06 09:00:00', 'SECRET-spam', ['comment_approved' => 'spam']);
remark($first, 'Jetée', '2011-03-06 10:00:00', 'SECRET-corbeille', ['comment_approved' => 'trash']);
remark($moderate, 'Un blog ami &raquo; Archives &#8211; Modérer', '2011-06-01 09:00:00', '[&#8230;] Claire a trouvé les mots justes sur la modération [&#8230;]', [
    'comment_type' => 'pingback', 'comment_author_url' => 'https://ami.example/2011/06/moderer/', 'comment_author_email' => '',
]);
remark($moderate, 'Carnets', '2011-06-02 22:30:00', '[...] un billet à lire [...]', ['comment_type' => 'trackback', 'comment_author_url' => 'http://carnets.example/?p=7', 'comment_author_email' => '']);
remark($moderate, '', '2012-07-01 22:30:00', 'Sans nom, un soir d’été : le 2 à Paris, le 1er à Greenwich.');
foreach ($held as $post) {
    remark($post, 'Lecteur', '2013-10-01 10:00:00', 'SECRET-commentaire');
}
remark($about, 'Zoé', '2014-01-01 10:00:00', 'Un commentaire sur une page.');

// ---- own pings, sent by WordPress to itself -----------------------------------------------------------
do_all_pings();

$named = ['first' => $first, 'moderate' => $moderate, 'classic' => $classic, 'year' => $year, 'january' => $january, 'pinned' => $pinned, 'greek' => $greek, 'renamed' => $renamed];
echo json_encode(array_map('get_permalink', $named), JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT), "\n";
