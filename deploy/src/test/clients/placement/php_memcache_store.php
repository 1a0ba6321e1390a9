<?php
// Stores keys by PECL memcache: store.php STRATEGY,FUNCTION COUNT HOST:PORT[:WEIGHT]...
[$strategy, $function] = explode(',', $argv[1]);
ini_set('memcache.hash_strategy', $strategy);
ini_set('memcache.hash_function', $function);
$client = new Memcache();
foreach (array_slice($argv, 3) as $server) {
    [$host, $port, $weight] = explode(':', $server . ':1');
    $client->addServer($host, (int) $port, true, (int) $weight);
}
for ($i = 0; $i < (int) $argv[2]; $i++) {
    $key = $i % 20 ? "key-$i" : "schl\u{fc}ssel-$i";
    if (!$client->set($key, 'v', 0, 0)) {
        fwrite(STDERR, "not stored: $key\n");
        exit(1);
    }
}
