<?php
// Stores keys by php-memcached: store.php MODE COUNT HOST:PORT[:WEIGHT]...
$mode = $argv[1];
$client = new Memcached();
if ($mode === 'consistent') {
    $client->setOption(Memcached::OPT_DISTRIBUTION, Memcached::DISTRIBUTION_CONSISTENT);
} elseif ($mode === 'libketama') {
    $client->setOption(Memcached::OPT_LIBKETAMA_COMPATIBLE, true);
} elseif ($mode === 'prefix') {
    $client->setOption(Memcached::OPT_PREFIX_KEY, 'app.');
} elseif (str_starts_with($mode, 'hash=')) {
    $client->setOption(Memcached::OPT_HASH, constant('Memcached::HASH_' . substr($mode, 5)));
}
foreach (array_slice($argv, 3) as $server) {
    [$host, $port, $weight] = explode(':', $server . ':1');
    $client->addServer($host, (int) $port, (int) $weight);
}
for ($i = 0; $i < (int) $argv[2]; $i++) {
    $key = "key-$i";
    if (!$client->set($key, 'v')) {
        fwrite(STDERR, $client->getResultMessage() . "\n");
        exit(1);
    }
}
