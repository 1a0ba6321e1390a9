# frozen_string_literal: true

# Dalli, binary protocol. Arguments: HOST PORT.

require 'dalli'

LARGE = ((0..255).to_a.pack('C*') * 3600).freeze # 921,600 bytes, below the limit of 1 MiB
BINARY = "#{(0..255).to_a.pack('C*')}\r\nEND\r\n".b.freeze
EXPIRY_SECONDS = 10

$name = 'dalli binary'
$prefix = "dalli-#{Process.pid}-"
$count = 0
Dalli.logger.level = Logger::FATAL

def wrong(text)
  warn "#{$name}: #{text}"
  exit 1
end

def same(what, got, expected)
  $count += 1
  wrong "#{what}: got #{got.inspect[0, 200]}, expected #{expected.inspect[0, 200]}" unless got == expected
end

def fails(what, expected)
  got = yield
  wrong "#{what}: got #{got.inspect[0, 200]}, expected #{expected}"
rescue expected
  $count += 1
end

# Reads until there is a miss: lifetimes end within a second or two.
def gone(what)
  limit = Process.clock_gettime(Process::CLOCK_MONOTONIC) + EXPIRY_SECONDS
  until yield.nil?
    wrong "#{what}: still there after #{EXPIRY_SECONDS} s" if Process.clock_gettime(Process::CLOCK_MONOTONIC) > limit
    sleep 0.05
  end
  $count += 1
end

def key(what)
  $prefix + what
end

def values(client)
  { 'plain' => 'value', 'empty' => '', 'binary' => BINARY, 'large' => LARGE, 'unicode' => 'Grüße, 世界 🚀',
    'object' => { list: [1, 2, { deep: nil }] } }.each do |what, value|
    same "set #{what}", client.set(key(what), value).is_a?(Integer), true
    same "get #{what}", client.get(key(what)), value
  end
  long = "#{$prefix}#{'x' * 250}"[0, 250]
  client.set(long, 'long')
  same 'get of a long key', client.get(long), 'long'
  same 'get of nothing', client.get(key('nothing')), nil
  fails('a value above the limit', Dalli::ValueOverMaxSize) { client.set(key('huge'), Random.new(1).bytes(1_048_577), nil, raw: true) }
  same 'get after it', client.get(key('plain')), 'value'
end

def many(client)
  written = (0...500).to_h { |i| [key("many-#{i}"), "value #{i}"] }
  client.multi { written.each { |k, v| client.set(k, v) } }
  same 'get_multi', client.get_multi(*written.keys, key('many-none')), written
  same 'get_multi_cas', client.get_multi_cas(*written.keys).transform_values(&:first), written
  client.multi { written.each_key { |k| client.delete(k) } }
  same 'get_multi of nothing', client.get_multi(*written.keys), {}
end

def conditions(client)
  raw = { raw: true }
  name = key('conditions')
  same 'replace of nothing', client.replace(name, '0', nil, raw), 0 # the cas of the answer, in this version
  same 'append to nothing', client.append(name, '0'), false
  same 'add', client.add(name, 'b', nil, raw).is_a?(Integer), true
  same 'add again', client.add(name, 'c', nil, raw), false
  same 'append', client.append(name, 'c'), true
  same 'prepend', client.prepend(name, 'a'), true
  same 'get of all parts', client.get(name, raw), 'abc'
  same 'replace', client.replace(name, 'replaced').is_a?(Integer), true
  value, cas = client.get_cas(name)
  same 'get_cas', value, 'replaced'
  same 'set_cas', client.set_cas(name, 'swapped', cas).is_a?(Integer), true
  same 'set_cas with an old id', client.set_cas(name, 'lost', cas), false
  same 'delete_cas with an old id', client.delete_cas(name, cas), false
  same 'cas', client.cas(name) { |old| "#{old} again" }.is_a?(Integer), true
  same 'get after cas', client.get(name), 'swapped again'
  same 'cas of nothing', client.cas(key('nothing')) { 'lost' }, nil
  same 'delete', client.delete(name), true
  same 'delete of nothing', client.delete(name), nil
end

def numbers(client)
  name = key('number')
  same 'incr of nothing', client.incr(name), nil
  same 'incr with an initial value', client.incr(name, 5, nil, 10), 10
  same 'incr', client.incr(name, 5), 15
  same 'decr', client.decr(name, 6), 9
  same 'decr below zero', client.decr(name, 100), 0
  same 'get of a number', client.get(name, raw: true), '0 ' # memcached keeps the length
  client.set(key('text'), 'text', nil, raw: true)
  fails('incr of text', Dalli::DalliError) { client.incr(key('text')) }
end

def lifetimes(client)
  client.set(key('expiry'), 'soon gone', 1)
  client.set(key('touched'), 'soon gone', 1000)
  client.set(key('gat'), 'soon gone', 1000)
  same 'touch', client.touch(key('touched'), 1), true
  same 'touch of nothing', client.touch(key('nothing'), 1), nil
  same 'gat', client.gat(key('gat'), 1), 'soon gone'
  same 'gat of nothing', client.gat(key('nothing'), 1), nil
  client.set(key('date'), 'there', 40 * 86_400) # sent as a date, since it is over 30 days
  same 'get of a lifetime over 30 days', client.get(key('date')), 'there'
  %w[expiry touched gat].each { |what| gone(what) { client.get(key(what)) } }
end

host, port = ARGV
client = Dalli::Client.new("#{host}:#{port}", socket_timeout: 10)
values(client)
many(client)
conditions(client)
numbers(client)
lifetimes(client)
same 'stats', client.stats["#{host}:#{port}"].key?('curr_items'), true
same 'version', client.version["#{host}:#{port}"][0, 2], '1.'
same 'flush', client.flush, [true]
same 'get after flush', client.get(key('plain')), nil
client.close
puts "#{$name}: #{$count} checks"
