<?php
// The extension "memcached" of PHP (libmemcached). Arguments: HOST PORT text|binary.

require __DIR__ . '/checks.php';

[, $host, $port, $protocol] = $argv;
$checks = new Checks("php-memcached $protocol");
$client = new Memcached();
$client->setOption(Memcached::OPT_BINARY_PROTOCOL, $protocol === 'binary');
$client->setOption(Memcached::OPT_TCP_NODELAY, true);
$client->addServer($host, (int) $port);

$values = [
    'plain' => 'value', 'empty' => '', 'binary' => Checks::binary(), 'large' => Checks::large(),
    'unicode' => 'Grüße, 世界 🚀', 'integer' => 7, 'float' => 1.5, 'boolean' => true, 'array' => ['a' => [1, null]],
];
foreach ($values as $what => $value) {
    $checks->same("set $what", $client->set($checks->key($what), $value), true);
    $checks->same("get $what", $client->get($checks->key($what)), $value);
}
$client->setOption(Memcached::OPT_COMPRESSION, false);
$checks->same('set uncompressed', $client->set($checks->key('large'), Checks::large()), true);
$checks->same('get uncompressed', $client->get($checks->key('large')), Checks::large());
$checks->same('a value above the limit', $client->set($checks->key('huge'), str_repeat('x', 1_048_577)), false);
$checks->same('its result', $client->getResultCode(), Memcached::RES_E2BIG);
// libmemcached counts a byte of its own
$checks->same('set of a long key', $client->set($checks->longKey(249), 'long'), true);
$checks->same('get of a long key', $client->get($checks->longKey(249)), 'long');
$checks->same('get of nothing', $client->get($checks->key('nothing')), false);
$checks->same('its result', $client->getResultCode(), Memcached::RES_NOTFOUND);

$many = [];
for ($i = 0; $i < 500; $i++) {
    $many[$checks->key("many-$i")] = "value $i";
}
$checks->same('setMulti', $client->setMulti($many), true);
$asked = [...array_keys($many), $checks->key('many-none')];
$checks->same('getMulti', $client->getMulti($asked, Memcached::GET_PRESERVE_ORDER), [...$many, $checks->key('many-none') => null]);
$checks->same('getDelayed', $client->getDelayed(array_keys($many), true), true);
$checks->same('fetchAll', array_column($client->fetchAll(), 'value', 'key'), $many);
$checks->same('deleteMulti', array_unique(array_values($client->deleteMulti(array_keys($many)))), [true]);
$checks->same('getMulti of nothing', $client->getMulti($asked), []);

$key = $checks->key('conditions');
$checks->same('replace of nothing', $client->replace($key, '0'), false);
$checks->same('append to nothing', $client->append($key, '0'), false);
$checks->same('add', $client->add($key, 'b'), true);
$checks->same('add again', $client->add($key, 'c'), false);
$checks->same('its result', $client->getResultCode(), $protocol === 'binary' ? Memcached::RES_DATA_EXISTS : Memcached::RES_NOTSTORED);
$checks->same('append', $client->append($key, 'c'), true);
$checks->same('prepend', $client->prepend($key, 'a'), true);
$checks->same('get of all parts', $client->get($key), 'abc');
$checks->same('replace', $client->replace($key, 'replaced'), true);
$found = $client->get($key, null, Memcached::GET_EXTENDED);
$checks->same('get with cas', $found['value'], 'replaced');
$checks->same('cas', $client->cas($found['cas'], $key, 'swapped'), true);
$checks->same('cas with an old id', $client->cas($found['cas'], $key, 'lost'), false);
$checks->same('its result', $client->getResultCode(), Memcached::RES_DATA_EXISTS);
$checks->same('get after cas', $client->get($key), 'swapped');
$checks->same('delete', $client->delete($key), true);
$checks->same('delete of nothing', $client->delete($key), false);
$checks->same('its result', $client->getResultCode(), Memcached::RES_NOTFOUND);

$key = $checks->key('number');
if ($protocol === 'binary') {
    $checks->same('increment with an initial value', $client->increment($key, 5, 10), 10);
} else {
    $checks->same('increment of nothing', $client->increment($key), false);
    $client->set($key, 10);
}
$checks->same('increment', $client->increment($key, 5), 15);
$checks->same('decrement', $client->decrement($key, 6), 9);
$checks->same('decrement below zero', $client->decrement($key, 100), 0);
$client->set($key, 'text');
$checks->same('increment of text', $client->increment($key), false);

$flagged = $checks->key('flags');
$client->setOption(Memcached::OPT_USER_FLAGS, 4711);
$checks->same('set with flags', $client->set($flagged, 'flagged'), true);
$client->setOption(Memcached::OPT_USER_FLAGS, -1);
$checks->same('flags', $client->get($flagged, null, Memcached::GET_EXTENDED)['flags'], 4711);

$checks->same('set for a second', $client->set($checks->key('expiry'), 'soon gone', 1), true);
$client->set($checks->key('touched'), 'soon gone', 1000);
$checks->same('touch', $client->touch($checks->key('touched'), 1), true);
$checks->same('touch of nothing', $client->touch($checks->key('nothing'), 1), false);
$client->set($checks->key('past'), 'gone', 2_592_001);
$checks->same('a lifetime over 30 days is a date', $client->get($checks->key('past')), false);
$checks->gone('expiry', fn() => $client->get($checks->key('expiry')));
$checks->gone('expiry by touch', fn() => $client->get($checks->key('touched')));

$quiet = new Memcached();
$quiet->setOption(Memcached::OPT_BINARY_PROTOCOL, $protocol === 'binary');
$quiet->setOption(Memcached::OPT_NOREPLY, true);
$quiet->addServer($host, (int) $port);
for ($i = 0; $i < 100; $i++) {
    $quiet->set($checks->key('quiet'), "value $i");
}
$checks->same('get after sets without answer', $quiet->get($checks->key('quiet')), 'value 99');

$checks->same('getStats', isset($client->getStats()["$host:$port"]['curr_items']), true);
$checks->same('getVersion', count($client->getVersion()), 1);
$checks->same('flush', $client->flush(), true);
$checks->same('get after flush', $client->get($checks->key('plain')), false);
$client->quit();
$checks->done();
