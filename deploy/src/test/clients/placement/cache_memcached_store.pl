# Stores keys by Cache::Memcached: store.pl MODE COUNT HOST:PORT[:WEIGHT]...
use strict;
use warnings;
use Cache::Memcached;

my ($mode, $count, @servers) = @ARGV;
my @list = map { my ($host, $port, $weight) = split /:/; ["$host:$port", $weight // 1] } @servers;
my $client = Cache::Memcached->new({servers => \@list});
for my $i (0 .. $count - 1) {
    $client->set("key-$i", 'v') or die "not stored: key-$i";
}
