<?php
// Stores sessions by php-memcached: store.php CONSISTENT_HASH_TYPE COUNT HOST:PORT[:WEIGHT]...
ini_set('memcached.sess_consistent_hash_type', $argv[1]);
ini_set('memcached.sess_locking', '0');
ini_set('session.save_handler', 'memcached');
ini_set('session.save_path', implode(',', array_slice($argv, 3)));
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
for ($i = 0; $i < (int) $argv[2]; $i++) {
    session_id("key-$i");
    if (!session_start()) {
        fwrite(STDERR, "session key-$i cannot be started\n");
        exit(1);
    }
    $_SESSION['number'] = $i;
    session_write_close();
}
