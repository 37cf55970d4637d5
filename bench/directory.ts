/**
 * What the directory of callers costs: memory and time for as many keys as a house may have. Run: `node bench/directory.ts
 * [credentials] [applications]`.
 */
import { createHash } from 'node:crypto';
import { DirectoryReader, DirectoryWriter } from '../packages/directory/src/index.ts';

const credentials = Number(process.argv[2] ?? 1_000_000);
const applications = Number(process.argv[3] ?? 100_000);
const FINDS = 100_000;

const hash = (key: string): Buffer => createHash('sha256').update(key).digest();
const text = (n: number): string =>
  JSON.stringify({ name: `application-${n}`, team: 'mobile', subscriptions: [{ product: 'users', plan: 'gold' }] });

function timed(what: string, work: () => void): void {
  const began = performance.now();
  work();
  console.log(`${what.padEnd(40)} ${(performance.now() - began).toFixed(1)} ms`);
}

const writer = new DirectoryWriter();
timed(`${applications} applications`, () => {
  for (let n = 0; n < applications; n++) writer.apply({ kind: 'application', id: `app_${n}`, text: text(n) });
});
timed(`${credentials} credentials`, () => {
  for (let n = 0; n < credentials; n++) {
    const sha256 = hash(`key ${n}`).toString('hex');
    const application = `app_${n % applications}`;
    writer.apply({ kind: 'credential', sha256, application, name: `key-${n}`, expiresMs: undefined });
  }
});
console.log(`${'shared memory'.padEnd(40)} ${(writer.bytes / 1e6).toFixed(1)} MB`);
const reader = new DirectoryReader(writer.memory);
const asked = Array.from({ length: FINDS }, (_, n) => hash(`key ${(n * 7919) % credentials}`));
for (let round = 0; round < 3; round++) {
  timed(`${FINDS} keys found`, () => {
    for (const key of asked) if (reader.find(key) === undefined) throw new Error('a key was lost');
  });
}
timed('one key taken back', () => writer.apply({ kind: 'no-credential', sha256: hash('key 5').toString('hex') }));
