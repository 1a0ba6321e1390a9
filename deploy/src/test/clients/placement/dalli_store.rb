# Stores keys by Dalli: store.rb MODE COUNT HOST:PORT[:WEIGHT]...
require 'dalli'
require 'logger'
Dalli.logger = Logger.new($stderr, level: Logger::ERROR)

client = Dalli::Client.new(ARGV.drop(2), serializer: Marshal, raw: true)
ARGV[1].to_i.times do |i|
  key = (i % 20).zero? ? "schl\u00fcssel-#{i}" : "key-#{i}"
  raise key unless client.set(key, 'v', nil, raw: true)
end
