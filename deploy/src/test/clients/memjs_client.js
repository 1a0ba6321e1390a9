// memjs, binary protocol. Arguments: HOST PORT. NODE_PATH must lead to memjs, which deploy/test.sh fetches.
'use strict';

const memjs = require('memjs');

const NAME = 'memjs binary';
const EXPIRY_MILLIS = 10000;
const PREFIX = `memjs-${process.pid}-`;
const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const LARGE = Buffer.concat(Array(3600).fill(bytes)); // 921,600 bytes, below the limit of 1 MiB
const BINARY = Buffer.concat([bytes, Buffer.from('\r\nEND\r\n')]);
const UNICODE = 'Grüße, 世界 🚀';

let count = 0;

const key = (what) => PREFIX + what;
const shown = (value) => String(value).slice(0, 200);

function same(what, got, expected) {
  count++;
  const equal = Buffer.isBuffer(got) && Buffer.isBuffer(expected) ? got.equals(expected) : got === expected;
  if (!equal) {
    throw new Error(`${what}: got ${shown(got)}, expected ${shown(expected)}`);
  }
}

async function fails(what, call) {
  let got;
  try {
    got = await call();
  } catch (error) {
    count++;
    return;
  }
  throw new Error(`${what}: got ${shown(got)}, expected an error`);
}

// Reads until there is a miss: lifetimes end within a second or two.
async function gone(what, client) {
  const end = Date.now() + EXPIRY_MILLIS;
  while ((await client.get(key(what))).value !== null) {
    if (Date.now() > end) {
      throw new Error(`${what}: still there after ${EXPIRY_MILLIS} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  count++;
}

async function values(client) {
  const written = { plain: Buffer.from('value'), empty: Buffer.alloc(0), binary: BINARY, large: LARGE };
  for (const [what, value] of Object.entries(written)) {
    same(`set ${what}`, await client.set(key(what), value), true);
    same(`get ${what}`, (await client.get(key(what))).value, value);
  }
  await client.set(key('unicode'), UNICODE);
  same('get unicode', (await client.get(key('unicode'))).value.toString(), UNICODE);
  const long = (PREFIX + 'x'.repeat(250)).slice(0, 250);
  await client.set(long, 'long');
  same('get of a long key', (await client.get(long)).value.toString(), 'long');
  same('get of nothing', (await client.get(key('nothing'))).value, null);
  await fails('a value above the limit', () => client.set(key('huge'), Buffer.alloc(1048577)));
  same('get after it', (await client.get(key('plain'))).value, written.plain);
}

// All at once on one connection: the answers must come back to the calls they belong to.
async function pipelined(client) {
  const numbers = Array.from({ length: 500 }, (_, i) => i);
  await Promise.all(numbers.map((i) => client.set(key(`many-${i}`), `value ${i}`)));
  const read = await Promise.all(numbers.map((i) => client.get(key(`many-${i}`))));
  read.forEach(({ value }, i) => same(`pipelined get ${i}`, value.toString(), `value ${i}`));
}

async function conditions(client) {
  const name = key('conditions');
  same('replace of nothing', await client.replace(name, '0'), false);
  await fails('append to nothing', () => client.append(name, '0'));
  same('add', await client.add(name, 'b'), true);
  same('add again', await client.add(name, 'c'), false);
  same('append', await client.append(name, 'c'), true);
  same('prepend', await client.prepend(name, 'a'), true); // it sends append, in this version
  same('get of all parts', (await client.get(name)).value.toString(), 'bca');
  same('replace', await client.replace(name, 'replaced'), true);
  same('get after replace', (await client.get(name)).value.toString(), 'replaced');
  same('delete', await client.delete(name), true);
  same('delete of nothing', await client.delete(name), false);
}

async function counters(client) {
  const name = key('number');
  same('increment with an initial value', (await client.increment(name, 5, { initial: 10 })).value, 10);
  same('increment', (await client.increment(name, 5, { initial: 0 })).value, 15);
  same('decrement', (await client.decrement(name, 6, { initial: 0 })).value, 9);
  same('decrement below zero', (await client.decrement(name, 100, { initial: 0 })).value, 0);
  await client.set(name, 'text');
  await fails('increment of text', () => client.increment(name, 1, { initial: 0 }));
}

async function lifetimes(client) {
  await client.set(key('expiry'), 'soon gone', { expires: 1 });
  await client.set(key('touched'), 'soon gone', { expires: 1000 });
  same('touch', await client.touch(key('touched'), 1), true);
  same('touch of nothing', await client.touch(key('nothing'), 1), false);
  await client.set(key('past'), 'gone', { expires: 2592001 });
  same('a lifetime over 30 days is a date', (await client.get(key('past'))).value, null);
  await gone('expiry', client);
  await gone('touched', client);
}

async function whole(client) {
  const stats = await new Promise((resolve, reject) =>
    client.stats((error, server, found) => (error ? reject(error) : resolve(found))));
  same('stats', 'curr_items' in stats, true);
  await client.flush();
  same('get after flush', (await client.get(key('plain'))).value, null);
}

async function main() {
  const [host, port] = process.argv.slice(2);
  const client = memjs.Client.create(`${host}:${port}`, { timeout: 10, retries: 0, logger: { log() {} } });
  for (const step of [values, pipelined, conditions, counters, lifetimes, whole]) {
    await step(client);
  }
  client.close();
  console.log(`${NAME}: ${count} checks`);
}

main().catch((error) => {
  console.error(`${NAME}: ${error.message}`);
  process.exit(1);
});
