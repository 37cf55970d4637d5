/** Appends numbered records to the folder it is given, prints each number once it is confirmed, and waits to be killed. */
import { writeSync } from 'node:fs';
import { SpoolWriter } from '../spool/spool-writer.ts';

const [, , dir = '', from = '0'] = process.argv;
const writer = SpoolWriter.open(dir, { now: () => Date.now(), owner: `${process.pid}`, segmentBytesMax: 300_000 });
for (let i = Number(from); ; i++) {
  const payload = Buffer.from(`{"i":${i},"x":"${'x'.repeat((i * 7919) % 20_000)}"}\n`, 'latin1');
  if (writer.append(payload, 1)) writeSync(1, `${i}\n`);
}
