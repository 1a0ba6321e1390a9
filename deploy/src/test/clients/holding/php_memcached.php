<?php
// The extension "memcached" of PHP (libmemcached), persistent, on one connection until a line comes on standard input. Arguments:
// HOST PORT text|binary.

[, $host, $port, $protocol] = $argv;
$client = new Memcached('holding');
$client->setOption(Memcached::OPT_BINARY_PROTOCOL, $protocol === 'binary');
$client->setOption(Memcached::OPT_TCP_NODELAY, true);
$client->setOption(Memcached::OPT_POLL_TIMEOUT, 10_000);
$client->addServer($host, (int) $port);
$key = "holding-php-$protocol";
$client->set($key, '0');
for ($round = 1; ; $round++) {
    $input = [STDIN];
    $none = null;
    if (stream_select($input, $none, $none, 0, 5_000) > 0) {
        exit(0);
    }
    $counted = $client->increment($key);
    $set = $client->set("$key-value", "value $round");
    $read = $client->get("$key-value");
    if ($counted !== $round || $set !== true || $read !== "value $round") {
        fwrite(STDERR, "php-memcached $protocol, round $round: counted " . var_export($counted, true) . ', set '
            . var_export($set, true) . ', read ' . var_export($read, true) . ', ' . $client->getResultMessage() . "\n");
        exit(1);
    }
    echo "round $round\n";
}
