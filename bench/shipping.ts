/**
 * How fast records get from the spool into the store, with their roll-ups. Run: `node bench/shipping.ts [million records]`;
 * without, 2. On one core: `taskset -c 0 node bench/shipping.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLogger, systemClock } from '../packages/kernel/src/index.ts';
import { recordLine } from '../packages/record/src/index.ts';
import { SpoolWriter } from '../packages/record/src/spool.ts';
import { KEEP_ALL } from '../packages/analytics/src/testing/keep-all.ts';
import { openStore, Shipper } from '../packages/analytics/src/store.ts';
import { sampleCalls } from '../packages/analytics/src/testing/sample-calls.ts';

const [millions = 2] = process.argv.slice(2).map(Number);
const COUNT = millions * 1e6;
const AT_ONCE = 200;
const FROM_MS = Date.parse('2026-11-24T10:00:00Z');
const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-shipping-'));
const spool = path.join(folder, 'records');

/** An hour of it, so that every minute is full. */
const samples = sampleCalls({ count: 20_000, fromMs: FROM_MS, toMs: FROM_MS + 3_600_000 });
const writer = SpoolWriter.open(spool, { now: () => FROM_MS, owner: 'bench', totalBytesMax: 1e11 });
for (let made = 0; made < COUNT; made += AT_ONCE) {
  const begin = made % samples.length;
  const lines = samples
    .slice(begin, begin + AT_ONCE)
    .map((record, index) => recordLine({ ...record, id: `${made + index}` }));
  writer.append(Buffer.from(lines.join(''), 'latin1'), lines.length);
}
writer.close();

const store = await openStore({
  place: 'embedded',
  folder: path.join(folder, 'analytics'),
  keep: KEEP_ALL,
  clock: systemClock,
});
const log = createLogger({ level: 'error', write: (line) => process.stderr.write(line), now: systemClock.now });
const shipper = new Shipper({ spool, node: 'bench', store, clock: systemClock, log, onShipped: () => undefined });
const cpu = process.cpuUsage();
const began = performance.now();
await shipper.drain();
const shippedMs = performance.now() - began;
await store.maintain(FROM_MS + 3 * 86_400_000);
const wholeMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const { records } = await store.facts();
await store.close();
rmSync(folder, { recursive: true });
console.log(
  `${records} records in ${(shippedMs / 1000).toFixed(1)} s: ${Math.round((records / shippedMs) * 1000)} a second`,
);
console.log(
  `rolled up after ${(wholeMs / 1000).toFixed(1)} s: ${Math.round((records / wholeMs) * 1000)} a second in all`,
);
console.log(
  `${((user + system) / records).toFixed(1)} µs of CPU a record; ${Math.round(process.memoryUsage().rss / 1e6)} MB of memory`,
);
