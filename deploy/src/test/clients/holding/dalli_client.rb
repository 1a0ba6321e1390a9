# frozen_string_literal: true

# Dalli, binary protocol, on one connection until a line comes on standard input. Arguments: HOST PORT.

require 'dalli'

client = Dalli::Client.new("#{ARGV[0]}:#{ARGV[1]}", socket_timeout: 10, socket_max_failures: 0)
client.set('holding-dalli', '0', nil, raw: true)
(1..).each do |round|
  break if IO.select([$stdin], nil, nil, 0.005)

  counted = client.incr('holding-dalli', 1)
  client.set('holding-dalli-value', "value #{round}")
  read = client.get('holding-dalli-value')
  unless counted == round && read == "value #{round}"
    warn "dalli, round #{round}: counted #{counted.inspect}, read #{read.inspect}"
    exit 1
  end
  puts "round #{round}"
  $stdout.flush
end
