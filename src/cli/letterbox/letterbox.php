<?php
/*
 * The letterbox of a Pingmark blog: receives webmentions and pingbacks on a host that has PHP and nothing
 * else. PHP 7.4 or later, no extension required (pingbacks need xmlreader, which nearly every host has).
 *
 * Receives  a webmention (form POST), a pingback (XML-RPC POST), or a request of the blog's owner
 * Gives     202 or an XML-RPC answer; a page that explains itself; to the owner, what was received
 * Never     fetches a page, opens a connection, stores the address of a visitor, or shows what was sent
 *
 * Whether the page that was announced exists, and links to the blog, is verified later, on the owner's
 * machine, by `pingmark mentions fetch --letterbox`. This file only keeps what may be worth a look.
 *
 * INSTALL. `pingmark receive --letterbox php` writes this file into `static/` with the three settings below;
 * `pingmark build` writes `letterbox-targets.txt` beside it. Put both online like the rest of the blog.
 *
 *
 * WHAT LIES ON THE DISK
 *
 * letterbox-targets.txt, beside this file, written by `build`: the addresses that may be announced. UTF-8, one
 * absolute URL a line, percent-encoded or not, in any order; lines that begin with `#` and empty lines are
 * skipped. Scheme, `www.`, fragment, a final `/` or `/index.html` and the case of the host make no difference.
 * A query must be the same if its line has one (`https://example.org/?p=12`); otherwise it is ignored.
 *
 * STORE/, a folder that this file creates with mode 0700 and its own .htaccess:
 *
 *   letters.php        what was received and not yet fetched
 *   batch-ID.php       what was handed to the owner and not yet acknowledged; ID is 16 hexadecimal digits
 *   rate.php           counts of the current ten minutes
 *   lock               empty; whoever reads or writes the others holds flock(LOCK_EX) on it
 *
 * The .php files begin with the line GUARD, which makes PHP answer 404 and stop. So they are not readable from
 * outside on servers that ignore .htaccess (nginx) either. After it, letters.php and the batches have one
 * JSON object a line, in ASCII, without `<` and `>`:
 *
 *   {"id":"0f1e2d3c4b5a6978","protocol":"webmention","received":"2026-12-01T09:30:00Z",
 *    "source":"https://example.net/answer","target":"https://example.org/posts/moderating/"}
 *
 * `protocol` is webmention or pingback; `source` and `target` are as the sender wrote them. A pair that is
 * already in letters.php is not written twice. The last line may be cut if the host died while it was written.
 *
 *
 * HOW THE OWNER FETCHES IT, over https only, with the header `X-Letterbox-Key: KEY`:
 *
 *   GET ?letters       200, application/x-ndjson. The first line is
 *                        {"letterbox":1,"batch":"ID","letters":N,"more":false,"store":"letterbox-data"}
 *                      and N lines as above follow. All letters of a batch are in one answer: fewer lines than N
 *                      means that it was cut. Until it is acknowledged, the same batch is given again.
 *                      Without letters: "batch":null,"letters":0. `more`: another batch waits after this one.
 *                      `store` is null if STORE is an absolute path.
 *   POST ?taken=ID     204; the batch is deleted, also when it already was.
 *   Otherwise          403 (wrong key, no key set, http), 400 (no such request), 503 (the store cannot be used).
 *
 * By SFTP or FTP: rename letters.php to batch-ID.php, wait five seconds (a request may be writing), download it,
 * and delete it once its lines are stored.
 */
declare(strict_types=1);

/** SHA-256 of the owner's key, in hexadecimal. Empty: nothing can be fetched over the web. */
const KEY_SHA256 = '';
/** Folder for what is received: beside this file, or an absolute path, best outside the served folder. */
const STORE = 'letterbox-data';
/** Language of answers to visitors whose browser asks for neither: fr or en. */
const LANGUAGE = 'fr';

/** Requests that are stored, per client and from all together, in ten minutes. */
const PER_CLIENT = 60;
const OVERALL = 600;
const WINDOW = 600;
/** Bytes of a request's body; of a URL; of letters.php. */
const MAX_BODY = 16384;
const MAX_URL = 2000;
const MAX_STORED = 4194304;
/**
 * The variable with the client's address, if all requests come through a proxy: HTTP_CF_CONNECTING_IP for
 * Cloudflare, HTTP_X_FORWARDED_FOR for most others. Anybody can send these headers to a host without a proxy.
 */
const CLIENT_VARIABLE = 'REMOTE_ADDR';

const TARGETS = __DIR__ . '/letterbox-targets.txt';
const GUARD = "<?php http_response_code(404); exit; __halt_compiler();\n";
const HTACCESS = "<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n"
    . "<IfModule !mod_authz_core.c>\nOrder allow,deny\nDeny from all\n</IfModule>\n";

/** A request that is turned down: a key of WORDS, the status, and the fault code if it was a pingback. */
final class Refusal extends Exception
{
    /** @var string */
    public $words;
    /** @var int */
    public $status;
    /** @var int */
    public $fault;
    /** @var int Seconds, for Retry-After; 0: none. */
    public $retryAfter;

    public function __construct(string $words, int $status, int $fault = 0, int $retryAfter = 0)
    {
        parent::__construct($words);
        $this->words = $words;
        $this->status = $status;
        $this->fault = $fault;
        $this->retryAfter = $retryAfter;
    }
}

// ---- what may be announced --------------------------------------------------------------------------

/** A text without surrounding spaces if it can be the URL of a page, else null. */
function page_url(string $text): ?string
{
    $text = trim($text, " \t\r\n");
    // No user:password, no backslash, no control character or space, valid UTF-8, any port.
    $form = '~^https?://[^\s/?#@:\\\\<>"\'\x00-\x20\x7f]+(?::[0-9]{1,5})?(?:[/?#][^\s\\\\<>"\x00-\x20\x7f]*)?$~Diu';
    return strlen($text) <= MAX_URL && preg_match($form, $text) === 1 ? $text : null;
}

/**
 * Host and path in one form for all spellings of an address, and the query.
 *
 * @return array{0: string, 1: string}
 */
function spelling(string $url): array
{
    $url = explode('#', $url, 2)[0];
    $parts = explode('?', $url, 2);
    $rest = (string) preg_replace('~^https?://(?:www\.)?~i', '', $parts[0]);
    $slash = strpos($rest, '/');
    $host = $slash === false ? $rest : substr($rest, 0, $slash);
    $host = (string) preg_replace('~:(?:80|443)$~', '', strtolower($host));
    $path = rawurldecode($slash === false ? '' : substr($rest, $slash));
    $path = (string) preg_replace('~/(?:index\.html)?$~D', '', $path);
    return [$host . $path, $parts[1] ?? ''];
}

/** Whether a URL is a published address of the blog. */
function is_published(string $url): bool
{
    $list = is_file(TARGETS) ? fopen(TARGETS, 'rb') : false;
    if ($list === false) {
        error_log('letterbox.php: cannot read ' . TARGETS . '; put the file that `pingmark build` writes beside this one');
        throw new Refusal('unready', 503, 0, 3600);
    }
    [$page, $query] = spelling($url);
    $found = false;
    while (!$found && ($line = fgets($list, 8192)) !== false) {
        $line = trim($line);
        if ($line === '' || $line[0] === '#') {
            continue;
        }
        [$published, $itsQuery] = spelling($line);
        $found = $published === $page && ($itsQuery === '' || $itsQuery === $query);
    }
    fclose($list);
    return $found;
}

/** Stores an announcement, or throws a Refusal. */
function announce(string $protocol, string $source, string $target): void
{
    $source = page_url($source);
    if ($source === null) {
        throw new Refusal('bad_source', 400, 16);
    }
    $target = page_url($target);
    if ($target === null) {
        throw new Refusal('bad_target', 400, 33);
    }
    if (spelling($source) === spelling($target)) {
        throw new Refusal('same', 400, 0);
    }
    if (!is_published($target)) {
        throw new Refusal('not_ours', 400, 32);
    }
    locked(static function () use ($protocol, $source, $target): void {
        count_request();
        append($protocol, $source, $target);
    });
}

// ---- the store --------------------------------------------------------------------------------------

function store(string $name): string
{
    $isAbsolute = preg_match('~^(?:/|[A-Za-z]:[/\\\\])~', STORE) === 1;
    return ($isAbsolute ? STORE : __DIR__ . '/' . STORE) . '/' . $name;
}

/** Runs a function while no other request reads or writes the store. */
function locked(callable $work): void
{
    $folder = dirname(store('lock'));
    // Without a word in the log if another first request was quicker.
    if (!is_dir($folder) && !@mkdir($folder, 0700, true) && !is_dir($folder)) {
        unusable("cannot create the folder $folder");
    }
    if (!is_file(store('.htaccess'))) {
        // Written in one call, by each of several first requests alike.
        file_put_contents(store('.htaccess'), HTACCESS);
        file_put_contents(store('index.php'), GUARD);
    }
    $lock = fopen(store('lock'), 'c');
    if ($lock === false || !flock($lock, LOCK_EX)) {
        unusable("cannot lock $folder/lock");
    }
    try {
        $work();
    } finally {
        flock($lock, LOCK_UN);
        fclose($lock);
    }
}

/** @return never */
function unusable(string $problem): void
{
    error_log("letterbox.php: $problem");
    throw new Refusal('unready', 503, 0, 3600);
}

/** Counts a request, and refuses it if there were too many. */
function count_request(): void
{
    $now = time();
    $text = is_file(store('rate.php')) ? (string) file_get_contents(store('rate.php')) : '';
    $rate = json_decode(substr($text, strlen(GUARD)) ?: '', true);
    if (!is_array($rate) || !isset($rate['since'], $rate['salt'], $rate['all'], $rate['clients'])
        || $now < $rate['since'] || $now - $rate['since'] >= WINDOW) {
        $rate = ['since' => $now, 'salt' => bin2hex(random_bytes(16)), 'all' => 0, 'clients' => []];
    }
    // Addresses are stored as hashes with a salt that is thrown away with the window.
    $client = substr(hash_hmac('sha256', client_network(), (string) $rate['salt']), 0, 16);
    $count = (int) ($rate['clients'][$client] ?? 0);
    if ($count >= PER_CLIENT || $rate['all'] >= OVERALL) {
        throw new Refusal('too_many', 429, 429, $rate['since'] + WINDOW - $now);
    }
    $rate['clients'][$client] = $count + 1;
    $rate['all']++;
    if (file_put_contents(store('rate.php'), GUARD . json_encode($rate)) === false) {
        unusable('cannot write ' . store('rate.php'));
    }
}

/** The client's address; of IPv6 the first 64 bits, which one household shares. */
function client_network(): string
{
    $forwarded = explode(',', (string) ($_SERVER[CLIENT_VARIABLE] ?? ''));
    $address = trim((string) end($forwarded));
    $bytes = filter_var($address, FILTER_VALIDATE_IP) === false ? false : inet_pton($address);
    if ($bytes === false) {
        return 'unknown';
    }
    return bin2hex(strlen($bytes) === 16 ? substr($bytes, 0, 8) : $bytes);
}

/** Adds a line to letters.php. What is not on the disk afterwards is refused, never acknowledged. */
function append(string $protocol, string $source, string $target): void
{
    $flags = JSON_HEX_TAG | JSON_UNESCAPED_SLASHES;
    $pair = json_encode(['source' => $source, 'target' => $target], $flags);
    $rest = json_encode([
        'id' => bin2hex(random_bytes(8)),
        'protocol' => $protocol,
        'received' => gmdate('Y-m-d\TH:i:s\Z'),
    ], $flags);
    if ($pair === false || $rest === false) {
        throw new Refusal('bad_source', 400, 16);
    }
    $file = fopen(store('letters.php'), 'c+b');
    if ($file === false) {
        unusable('cannot write ' . store('letters.php'));
    }
    $stored = (string) stream_get_contents($file, MAX_STORED + 1);
    $size = strlen($stored);
    if (strpos($stored, substr($pair, 1) . "\n") !== false) {
        fclose($file);
        return;
    }
    $line = substr($rest, 0, -1) . ',' . substr($pair, 1) . "\n";
    if ($size + strlen($line) > MAX_STORED) {
        fclose($file);
        throw new Refusal('full', 503, 0, 86400);
    }
    if ($size === 0) {
        $line = GUARD . $line;
    } elseif ($stored[$size - 1] !== "\n") {
        $line = "\n" . $line;
    }
    fseek($file, $size);
    $isWritten = fwrite($file, $line) === strlen($line) && fflush($file)
        && (!function_exists('fsync') || fsync($file));
    if (!$isWritten) {
        ftruncate($file, $size);
        fclose($file);
        unusable('cannot write ' . store('letters.php') . '; is the disk full?');
    }
    fclose($file);
}

// ---- webmention and pingback ------------------------------------------------------------------------

/** The body of the request, of at most MAX_BODY bytes. */
function body(): string
{
    // A length that is no number is 0 here; then the bytes are counted as they are read.
    $body = (int) ($_SERVER['CONTENT_LENGTH'] ?? 0) > MAX_BODY
        ? false
        : file_get_contents('php://input', false, null, 0, MAX_BODY + 1);
    if ($body === false || strlen($body) > MAX_BODY) {
        throw new Refusal('too_long', 413, 0);
    }
    return $body;
}

/**
 * The fields `source` and `target` of a form, once each. Read here rather than taken from $_POST, which
 * makes arrays of `source[]` and lets the last of two fields win.
 *
 * @return array{0: string, 1: string}
 */
function read_form(string $body): array
{
    $fields = ['source' => [], 'target' => []];
    foreach (explode('&', $body) as $pair) {
        $parts = explode('=', $pair, 2);
        $name = urldecode($parts[0]);
        if (isset($fields[$name])) {
            $fields[$name][] = urldecode($parts[1] ?? '');
        }
    }
    if (count($fields['source']) !== 1) {
        throw new Refusal('bad_source', 400);
    }
    if (count($fields['target']) !== 1) {
        throw new Refusal('bad_target', 400);
    }
    return [$fields['source'][0], $fields['target'][0]];
}

/**
 * The method and the parameters, as texts, of an XML-RPC call. Everything that such a call does not need is
 * refused: a DTD, entities, comments, attributes, other elements, other encodings.
 *
 * @return array{0: string, 1: array<int, string>}
 */
function read_call(string $body): array
{
    $bad = new Refusal('bad_call', 400, -32700);
    if (!class_exists('XMLReader')) {
        throw new Refusal('no_xml', 501, 0);
    }
    // NUL bytes and invalid UTF-8 also stand for UTF-16, in which `<!` would not be found.
    if ($body === '' || strpos($body, "\0") !== false || preg_match('//u', $body) !== 1
        || preg_match('/<!(?!\[CDATA\[)/', $body) === 1) {
        throw $bad;
    }
    if (preg_match('/^\s*<\?xml\s[^>]*?encoding\s*=\s*["\']([^"\']*)/i', $body, $declared) === 1
        && !in_array(strtolower($declared[1]), ['utf-8', 'us-ascii', 'iso-8859-1'], true)) {
        throw $bad;
    }
    $places = [
        'methodCall', 'methodCall/methodName', 'methodCall/params', 'methodCall/params/param',
        'methodCall/params/param/value', 'methodCall/params/param/value/string',
    ];
    libxml_use_internal_errors(true);
    $reader = new XMLReader();
    if (!$reader->XML(ltrim($body), null, LIBXML_NONET)) {
        throw $bad;
    }
    $method = '';
    $params = [];
    $path = [];
    for ($nodes = 0; $reader->read(); $nodes++) {
        if ($nodes > 100 || $reader->depth > 6) {
            throw $bad;
        }
        $path = array_slice($path, 0, $reader->depth);
        $place = implode('/', $path);
        switch ($reader->nodeType) {
            case XMLReader::ELEMENT:
                $path[] = $reader->name;
                $place = implode('/', $path);
                if ($reader->hasAttributes || !in_array($place, $places, true)) {
                    throw $bad;
                }
                if ($place === 'methodCall/params/param') {
                    $params[] = '';
                }
                break;
            case XMLReader::TEXT:
            case XMLReader::CDATA:
                if ($place === 'methodCall/methodName') {
                    $method .= $reader->value;
                } elseif ($params && strpos($place, 'methodCall/params/param/value') === 0) {
                    $params[count($params) - 1] .= $reader->value;
                } else {
                    throw $bad;
                }
                break;
            case XMLReader::END_ELEMENT:
            case XMLReader::WHITESPACE:
            case XMLReader::SIGNIFICANT_WHITESPACE:
                break;
            default:
                throw $bad;
        }
    }
    $isWellFormed = libxml_get_errors() === [];
    libxml_clear_errors();
    if (!$isWellFormed) {
        throw $bad;
    }
    return [trim($method), $params];
}

function receive_webmention(): void
{
    [$source, $target] = read_form(body());
    announce('webmention', $source, $target);
    say('accepted', 202);
}

function receive_pingback(): void
{
    try {
        [$method, $params] = read_call(body());
        if ($method !== 'pingback.ping') {
            throw new Refusal('bad_method', 400, -32601);
        }
        if (count($params) !== 2) {
            throw new Refusal('bad_call', 400, -32602);
        }
        announce('pingback', $params[0], $params[1]);
        $answer = '<params><param><value><string>' . escape(words('accepted', 'en'))
            . '</string></value></param></params>';
    } catch (Refusal $refusal) {
        if ($refusal->status === 413) {
            throw $refusal;
        }
        $answer = '<fault><value><struct><member><name>faultCode</name><value><int>' . $refusal->fault
            . '</int></value></member><member><name>faultString</name><value><string>'
            . escape(words($refusal->words, 'en')) . '</string></value></member></struct></value></fault>';
        if ($refusal->retryAfter > 0) {
            header('Retry-After: ' . $refusal->retryAfter);
        }
    }
    // XML-RPC answers 200 to everything that it understood, faults included.
    header('Content-Type: text/xml; charset=UTF-8');
    echo '<?xml version="1.0" encoding="UTF-8"?>', "\n<methodResponse>", $answer, "</methodResponse>\n";
}

// ---- the owner --------------------------------------------------------------------------------------

/** Refuses everybody but the owner, and the owner's key where others could read it. */
function require_owner(): void
{
    $https = strtolower((string) ($_SERVER['HTTPS'] ?? ''));
    $isEncrypted = ($https !== '' && $https !== 'off')
        || (string) ($_SERVER['SERVER_PORT'] ?? '') === '443'
        // Of a host whose proxy ends the encryption. A client that lies here betrays only its own key.
        || strtolower((string) ($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '')) === 'https'
        // PHP's own server, for tests, knows no encryption.
        || PHP_SAPI === 'cli-server';
    $key = (string) ($_SERVER['HTTP_X_LETTERBOX_KEY'] ?? '');
    if (!$isEncrypted) {
        throw new Refusal('https_only', 403);
    }
    if (preg_match('/^[0-9a-f]{64}$/Di', KEY_SHA256) !== 1 || !hash_equals(strtolower(KEY_SHA256), hash('sha256', $key))) {
        throw new Refusal('wrong_key', 403);
    }
}

/** @return array<int, string> IDs of the batches that were handed out and not acknowledged. */
function batches(): array
{
    $ids = [];
    foreach (scandir(dirname(store('lock'))) ?: [] as $name) {
        if (preg_match('/^batch-([0-9a-f]{16})\.php$/D', $name, $match) === 1) {
            $ids[] = $match[1];
        }
    }
    return $ids;
}

function give_letters(): void
{
    $batch = null;
    $letters = [];
    $more = false;
    locked(static function () use (&$batch, &$letters, &$more): void {
        $waiting = batches();
        $hasNew = is_file(store('letters.php')) && filesize(store('letters.php')) > strlen(GUARD);
        if (!$waiting && $hasNew) {
            $waiting = [bin2hex(random_bytes(8))];
            if (!rename(store('letters.php'), store("batch-$waiting[0].php"))) {
                unusable('cannot rename ' . store('letters.php'));
            }
            $hasNew = false;
        }
        if ($waiting) {
            $batch = $waiting[0];
            $text = file_get_contents(store("batch-$batch.php"));
            if ($text === false) {
                unusable('cannot read ' . store("batch-$batch.php"));
            }
            foreach (explode("\n", $text) as $line) {
                // Not the guard, and not a line that was cut.
                if (is_array(json_decode($line, true))) {
                    $letters[] = $line;
                }
            }
        }
        $more = $hasNew || count($waiting) > 1;
    });
    $first = [
        'letterbox' => 1,
        'batch' => $batch,
        'letters' => count($letters),
        'more' => $more,
        'store' => store('') === __DIR__ . '/' . STORE . '/' ? STORE : null,
    ];
    header('Content-Type: application/x-ndjson; charset=utf-8');
    echo json_encode($first, JSON_HEX_TAG | JSON_UNESCAPED_SLASHES), "\n";
    foreach ($letters as $line) {
        echo $line, "\n";
    }
}

/** @param mixed $id */
function forget_batch($id): void
{
    if (!is_string($id) || preg_match('/^[0-9a-f]{16}$/D', $id) !== 1) {
        throw new Refusal('bad_request', 400);
    }
    locked(static function () use ($id): void {
        if (is_file(store("batch-$id.php")) && !unlink(store("batch-$id.php"))) {
            unusable('cannot delete ' . store("batch-$id.php"));
        }
    });
    http_response_code(204);
}

// ---- words ------------------------------------------------------------------------------------------

const WORDS = [
    'fr' => [
        'accepted' => 'Merci. L’adresse est notée ; elle sera vérifiée avant de paraître.',
        'bad_source' => 'Le champ source doit contenir, une seule fois, l’adresse complète de votre page (https://…).',
        'bad_target' => 'Le champ target doit contenir, une seule fois, l’adresse complète d’un billet de ce blog (https://…).',
        'same' => 'Les deux adresses désignent la même page.',
        'not_ours' => 'L’adresse du billet n’est pas celle d’une page publiée de ce blog. Copiez-la depuis la barre d’adresse de votre navigateur.',
        'too_long' => 'L’envoi est trop long.',
        'too_many' => 'Trop d’envois en peu de temps. Réessayez dans dix minutes.',
        'full' => 'La boîte aux lettres est pleine. Réessayez demain.',
        'unready' => 'La boîte aux lettres n’est pas encore prête. Réessayez plus tard.',
        'bad_type' => 'Type de contenu inattendu : un formulaire (application/x-www-form-urlencoded) ou du XML-RPC (text/xml).',
        'bad_verb' => 'Méthode inattendue : utilisez POST pour envoyer, GET pour lire cette page.',
        'bad_request' => 'Requête inconnue.',
        'https_only' => 'Le courrier ne se relève qu’en https.',
        'wrong_key' => 'Clé absente ou incorrecte.',
        'title' => 'Répondre à un billet de ce blog',
        'intro' => 'Une page de votre site renvoie à un billet de ce blog ? Dites-le ici. L’auteur la lira, et un lien vers elle pourra paraître sous le billet.',
        'source' => 'Adresse de votre page',
        'target' => 'Adresse du billet dont elle parle',
        'send' => 'Envoyer',
        'privacy' => 'Seules ces deux adresses sont conservées. Votre page est vérifiée avant que le lien paraisse.',
        'programs' => 'Aux programmes, cette adresse répond en <a href="https://www.w3.org/TR/webmention/">Webmention</a> et en <a href="https://www.hixie.ch/specs/pingback/pingback">Pingback</a>.',
        'back' => 'Envoyer une autre adresse',
    ],
    'en' => [
        'accepted' => 'Thank you. The address is noted and will be checked before it appears.',
        'bad_source' => 'The field source must contain, exactly once, the full address of your page (https://…).',
        'bad_target' => 'The field target must contain, exactly once, the full address of a post of this blog (https://…).',
        'same' => 'Both addresses are of the same page.',
        'not_ours' => 'The address of the post is not that of a published page of this blog. Copy it from the address bar of your browser.',
        'too_long' => 'The request is too long.',
        'too_many' => 'Too many requests in a short time. Try again in ten minutes.',
        'full' => 'The letterbox is full. Try again tomorrow.',
        'unready' => 'The letterbox is not ready yet. Try again later.',
        'bad_type' => 'Unexpected content type: send a form (application/x-www-form-urlencoded) or XML-RPC (text/xml).',
        'bad_verb' => 'Unexpected method: use POST to send, GET to read this page.',
        'bad_request' => 'Unknown request.',
        'bad_call' => 'This is not an XML-RPC call of pingback.ping with two texts.',
        'bad_method' => 'The only method here is pingback.ping.',
        'no_xml' => 'This host cannot read XML. Send a webmention instead.',
        'https_only' => 'Letters are handed out over https only.',
        'wrong_key' => 'The key is missing or wrong.',
        'title' => 'Answer a post of this blog',
        'intro' => 'Does a page of your site link to a post of this blog? Say so here. The author will read it, and a link to it may appear below the post.',
        'source' => 'Address of your page',
        'target' => 'Address of the post it is about',
        'send' => 'Send',
        'privacy' => 'Only these two addresses are kept. Your page is checked before the link appears.',
        'programs' => 'To programs, this address speaks <a href="https://www.w3.org/TR/webmention/">Webmention</a> and <a href="https://www.hixie.ch/specs/pingback/pingback">Pingback</a>.',
        'back' => 'Send another address',
    ],
];
const STYLE = ':root{color-scheme:light dark}body{font:1.0625rem/1.6 system-ui,sans-serif;max-width:34rem;margin:3rem auto;'
    . 'padding:0 1.25rem}h1{font-size:1.5rem;line-height:1.25}label{display:block;margin:1.25rem 0 .25rem;font-weight:600}'
    . 'input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;border:1px solid #888;border-radius:.25rem}'
    . 'button{margin-top:1.5rem;padding:.6rem 1.5rem;font:inherit;cursor:pointer}.note{font-size:.9rem;opacity:.8}'
    . '[role=status]{padding:.75rem 1rem;border-left:.25rem solid currentColor}';

function words(string $key, string $language): string
{
    return WORDS[$language][$key] ?? WORDS['en'][$key] ?? $key;
}

/** The visitor's language, by Accept-Language (RFC 9110, 12.5.4). */
function language(): string
{
    $best = LANGUAGE === 'en' ? 'en' : 'fr';
    $weight = 0.0;
    foreach (array_slice(explode(',', (string) ($_SERVER['HTTP_ACCEPT_LANGUAGE'] ?? '')), 0, 20) as $range) {
        if (preg_match('/^\s*(fr|en)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*$/Di', $range, $match) === 1) {
            $its = isset($match[2]) ? (float) $match[2] : 1.0;
            if ($its > $weight) {
                $weight = $its;
                $best = strtolower($match[1]);
            }
        }
    }
    return $best;
}

function escape(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** Answers with a sentence: a page for browsers, plain text for programs. */
function say(string $key, int $status, int $retryAfter = 0): void
{
    http_response_code($status);
    if ($retryAfter > 0) {
        header("Retry-After: $retryAfter");
    }
    $language = language();
    header("Content-Language: $language");
    header('Vary: Accept, Accept-Language');
    if (stripos((string) ($_SERVER['HTTP_ACCEPT'] ?? ''), 'text/html') === false) {
        header('Content-Type: text/plain; charset=utf-8');
        echo words($key, $language), "\n";
        return;
    }
    $back = '<p><a href="?">' . words('back', $language) . '</a></p>';
    page($language, '<p role="status">' . escape(words($key, $language)) . "</p>\n" . $back);
}

/** The page that a GET shows: what this is, and a form. A link may fill in the post: `?target=https://…`. */
function explain(): void
{
    $language = language();
    header("Content-Language: $language");
    header('Vary: Accept-Language');
    $given = $_GET['target'] ?? '';
    $target = is_string($given) ? (string) page_url($given) : '';
    $w = static function (string $key) use ($language): string {
        return words($key, $language);
    };
    page($language, '<p>' . escape($w('intro')) . '</p>
<form method="post" action="?">
<label for="source">' . escape($w('source')) . '</label>
<input type="url" id="source" name="source" required maxlength="' . MAX_URL . '" placeholder="https://" autocomplete="url">
<label for="target">' . escape($w('target')) . '</label>
<input type="url" id="target" name="target" required maxlength="' . MAX_URL . '" placeholder="https://" value="' . escape($target) . '">
<button>' . escape($w('send')) . '</button>
</form>
<p class="note">' . escape($w('privacy')) . '</p>
<p class="note">' . $w('programs') . '</p>');
}

function page(string $language, string $content): void
{
    $style = base64_encode(hash('sha256', STYLE, true));
    header('Content-Type: text/html; charset=utf-8');
    header("Content-Security-Policy: default-src 'none'; style-src 'sha256-$style'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    $title = escape(words('title', $language));
    echo "<!doctype html>\n<html lang=\"$language\">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>$title</title>\n<style>", STYLE, "</style>\n</head>\n",
        "<body>\n<main>\n<h1>$title</h1>\n$content\n</main>\n</body>\n</html>\n";
}

// ---- a request --------------------------------------------------------------------------------------

function answer(): void
{
    header('X-Content-Type-Options: nosniff');
    header('X-Robots-Tag: noindex');
    header('Referrer-Policy: no-referrer');
    header('Cache-Control: no-store');
    $verb = (string) ($_SERVER['REQUEST_METHOD'] ?? '');
    try {
        if (isset($_GET['letters']) || isset($_GET['taken'])) {
            require_owner();
            if ($verb === 'GET' && isset($_GET['letters'])) {
                give_letters();
            } elseif ($verb === 'POST' && isset($_GET['taken'])) {
                forget_batch($_GET['taken']);
            } else {
                throw new Refusal('bad_request', 400);
            }
        } elseif ($verb === 'GET' || $verb === 'HEAD') {
            explain();
        } elseif ($verb !== 'POST') {
            header('Allow: GET, HEAD, POST');
            throw new Refusal('bad_verb', 405);
        } else {
            $type = strtolower(trim(explode(';', (string) ($_SERVER['CONTENT_TYPE'] ?? ''), 2)[0]));
            if ($type === 'application/x-www-form-urlencoded') {
                receive_webmention();
            } elseif ($type === 'text/xml' || $type === 'application/xml') {
                receive_pingback();
            } else {
                throw new Refusal('bad_type', 415);
            }
        }
    } catch (Refusal $refusal) {
        say($refusal->words, $refusal->status, $refusal->retryAfter);
    }
}

error_reporting(E_ALL);
ini_set('display_errors', '0');
// What PHP complains of goes to the host's log, never to a stranger; return values are checked above.
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    // Not what an `@` expects.
    if ((error_reporting() & $level) !== 0) {
        error_log("letterbox.php: $message, line $line");
    }
    return true;
});
// A body beyond the host's own limits makes PHP write a warning before this file runs.
if (headers_sent()) {
    exit;
}
try {
    answer();
} catch (Throwable $problem) {
    error_log('letterbox.php: ' . $problem->getMessage() . ', line ' . $problem->getLine());
    if (!headers_sent()) {
        say('unready', 503, 3600);
    }
}
