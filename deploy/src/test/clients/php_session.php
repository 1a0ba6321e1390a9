<?php
// PHP sessions in memcached: writes, reads, renews and destroys them as requests of a site would, each in a
// process of its own as in a web server. Arguments: HOST PORT, then memcache text,
// memcached text or memcached binary.

require __DIR__ . '/checks.php';

[, $host, $port, $handler, $protocol] = $argv;
$checks = new Checks("php sessions $handler $protocol");
$settings = [
    'session.save_handler' => $handler,
    'session.use_cookies' => '0',
    'session.use_only_cookies' => '0',
    'session.cache_limiter' => '',
    'session.save_path' => $handler === 'memcached'
        ? "$host:$port"
        : "tcp://$host:$port?persistent=1&weight=2&timeout=30&retry_interval=15",
];
if ($handler === 'memcached') {
    $settings += [
        'memcached.sess_binary_protocol' => $protocol === 'binary' ? '1' : '0',
        'memcached.sess_locking' => '1',
        'memcached.sess_lock_wait_min' => '50',
        // patient: without the lock, which a busy machine gives late, a request would lose what another wrote
        'memcached.sess_lock_retries' => '500',
    ];
}

/** Starts one request of a site: PHP code that runs between opening and closing the session. */
function begin(string $id, string $code, array $settings): mixed
{
    $command = [PHP_BINARY];
    foreach ($settings as $name => $value) {
        array_push($command, '-d', "$name=\"$value\"");
    }
    array_push($command, '-r', "session_id('$id'); session_start(); $code; session_write_close();");
    return [proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes), $pipes];
}

function finish(array $request): string
{
    [$process, $pipes] = $request;
    $said = stream_get_contents($pipes[1]) . stream_get_contents($pipes[2]);
    proc_close($process);
    return $said;
}

function request(string $id, string $code, array $settings): string
{
    return finish(begin($id, $code, $settings));
}

$id = str_replace(' ', '', $checks->key('id'));
$checks->same('a new session is empty', request($id, 'echo count($_SESSION)', $settings), '0');
$checks->same('write', request($id, '$_SESSION = ["user" => "ann", "cart" => [1, 2, 3]]', $settings), '');
$checks->same('read', request($id, 'echo json_encode($_SESSION)', $settings), '{"user":"ann","cart":[1,2,3]}');
$checks->same('change', request($id, '$_SESSION["visits"] = 2', $settings), '');
$checks->same('read the change', request($id, 'echo $_SESSION["user"], $_SESSION["visits"]', $settings), 'ann2');
$checks->same('another session', request($id . 'b', 'echo count($_SESSION)', $settings), '0');
$checks->same('a large session', request($id . 'c', '$_SESSION["x"] = str_repeat("x", 600000)', $settings), '');
$checks->same('read it', request($id . 'c', 'echo strlen($_SESSION["x"])', $settings), '600000');

// two requests at once on one session: the lock of the session lets none lose what the other wrote
$both = [];
foreach (range(1, 4) as $number) {
    $both[] = begin($id, "\$n = \$_SESSION['hits'] ?? 0; usleep(60000); \$_SESSION['hits'] = \$n + 1", $settings);
}
$checks->same('requests at once', implode('', array_map(finish(...), $both)), '');
$checks->same('each was counted', request($id, 'echo $_SESSION["hits"]', $settings), '4');

$prefix = $handler === 'memcached' ? 'memc.sess.key.' : '';
$direct = new Memcached();
$direct->addServer($host, (int) $port);
$checks->same('the key of the session', $direct->get($prefix . $id) === false, false);
$checks->same('destroy', request($id, 'session_destroy()', $settings), '');
$checks->same('it is gone', $direct->get($prefix . $id), false);
$checks->same('an empty one follows', request($id, 'echo count($_SESSION)', $settings), '0');

$short = ['session.gc_maxlifetime' => '1'] + $settings;
$checks->same('a short session', request($id . 'd', '$_SESSION["x"] = 1', $short), '');
$checks->gone('its lifetime', fn() => $direct->get($prefix . $id . 'd'));
$checks->done();
