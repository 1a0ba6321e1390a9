<?php
// The extension "memcache" of PHP, text protocol. Arguments: HOST PORT.

require __DIR__ . '/checks.php';

[, $host, $port] = $argv;
$checks = new Checks('php-memcache text');
$client = new Memcache();
$client->addServer($host, (int) $port, true, 2, 1, 15);

$values = [
    'plain' => 'value', 'empty' => '', 'binary' => Checks::binary(), 'large' => Checks::large(),
    'unicode' => 'Grüße, 世界 🚀', 'integer' => 7, 'float' => 1.5, 'boolean' => true, 'array' => ['a' => [1, null]],
];
foreach ($values as $what => $value) {
    $checks->same("set $what", $client->set($checks->key($what), $value), true);
    $checks->same("get $what", $client->get($checks->key($what)), $value);
}
$checks->same('set compressed', $client->set($checks->key('large'), Checks::large(), MEMCACHE_COMPRESSED), true);
$checks->same('get compressed', $client->get($checks->key('large')), Checks::large());
$checks->same('set of a long key', $client->set($checks->longKey(250), 'long'), true);
$checks->same('get of a long key', $client->get($checks->longKey(250)), 'long');
$checks->same('get of nothing', $client->get($checks->key('nothing')), false);

$many = [];
for ($i = 0; $i < 300; $i++) {
    $many[$checks->key("many-$i")] = "value $i";
    $client->set($checks->key("many-$i"), "value $i");
}
$found = $client->get([...array_keys($many), $checks->key('many-none')]);
ksort($many);
ksort($found);
$checks->same('get of many', $found, $many);

$key = $checks->key('conditions');
$checks->same('replace of nothing', $client->replace($key, '0'), false);
$checks->same('append to nothing', $client->append($key, '0'), false);
$checks->same('add', $client->add($key, 'b'), true);
$checks->same('add again', $client->add($key, 'c'), false);
$checks->same('append', $client->append($key, 'c'), true);
$checks->same('prepend', $client->prepend($key, 'a'), true);
$checks->same('get of all parts', $client->get($key), 'abc');
$checks->same('replace', $client->replace($key, 'replaced'), true);
$flags = $cas = null;
$checks->same('get with cas', $client->get($key, $flags, $cas), 'replaced');
$checks->same('cas', $client->cas($key, 'swapped', 0, 0, $cas), true);
$checks->same('cas with an old id', $client->cas($key, 'lost', 0, 0, $cas), false);
$checks->same('get after cas', $client->get($key), 'swapped');
$checks->same('delete', $client->delete($key), true);
$checks->same('delete of nothing', $client->delete($key), false);

$key = $checks->key('number');
$checks->same('increment of nothing', $client->increment($key), false);
$client->set($key, 10);
$checks->same('increment', $client->increment($key, 5), 15);
$checks->same('decrement', $client->decrement($key, 6), 9);
$checks->same('decrement below zero', $client->decrement($key, 100), 0);

$checks->same('set with flags', $client->set($checks->key('flags'), 'flagged', 1 << 16), true);
$client->get($checks->key('flags'), $flags);
$checks->same('flags', $flags & (1 << 16), 1 << 16);

$checks->same('set for a second', $client->set($checks->key('expiry'), 'soon gone', 0, 1), true);
$client->set($checks->key('past'), 'gone', 0, 2_592_001);
$checks->same('a lifetime over 30 days is a date', $client->get($checks->key('past')), false);
$checks->gone('expiry', fn() => $client->get($checks->key('expiry')));

$checks->same('getStats', isset($client->getStats()['curr_items']), true);
$checks->same('getVersion', substr($client->getVersion(), 0, 2), '1.');
$checks->same('flush', $client->flush(), true);
$checks->same('get after flush', $client->get($checks->key('plain')), false);
$client->close();
$checks->done();
