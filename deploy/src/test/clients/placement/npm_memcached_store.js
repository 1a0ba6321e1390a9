// Stores keys by memcached of npm: store.js MODE COUNT HOST:PORT[:WEIGHT]...
const Memcached = require('memcached');

const servers = {};
for (const server of process.argv.slice(4)) {
  const [host, port, weight] = `${server}:1`.split(':');
  servers[`${host}:${port}`] = Number(weight);
}
const client = new Memcached(servers, {timeout: 20000, retries: 0});
const count = Number(process.argv[3]);
const store = (i) => {
  if (i === count) {
    process.exit(0);
  }
  client.set(`key-${i}`, 'v', 0, (error) => {
    if (error) {
      console.error(`key-${i}`, error);
      process.exit(1);
    }
    store(i + 1);
  });
};
store(0);
