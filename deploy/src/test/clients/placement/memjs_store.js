// Stores keys by memjs: store.js MODE COUNT HOST:PORT...
const memjs = require('memjs');

const client = memjs.Client.create(process.argv.slice(4).join(','));
(async () => {
  for (let i = 0; i < Number(process.argv[3]); i++) {
    await client.set(i % 20 ? `key-${i}` : `schl\u00fcssel-${i}`, 'v', {});
  }
  client.close();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
