import path from 'node:path';
import { bodyKey, openBody, type BodyLine, type CapturedBody } from '@gatehouse/record';
import { parseLine, readSpool } from '@gatehouse/record/spool';
import { derivedSecret, knownGateSecret } from '../src/index.ts';
import type { Running } from './harness.ts';

export interface Kept {
  readonly line: BodyLine;
  readonly opened: CapturedBody;
}

/** All bodies that a gate has kept, decrypted; stops the gate first, so that they are all there. */
export async function keptBodies(gate: Running): Promise<readonly Kept[]> {
  await gate.records();
  const secret = knownGateSecret(gate.dataDir, undefined);
  if (secret === undefined) throw new Error('this gate has no key');
  const key = bodyKey(derivedSecret(secret, 'bodies'));
  const kept: Kept[] = [];
  for await (const { lines } of readSpool(path.join(gate.dataDir, 'records'))) {
    for (const line of lines) {
      const item = parseLine(line);
      if (item?.kind !== 'body') continue;
      const opened = openBody(item.body, key);
      if (opened === undefined) throw new Error('a body does not open');
      kept.push({ line: item.body, opened });
    }
  }
  return kept;
}

/** All that the spool holds, as it stands there. */
export async function spoolText(gate: Running): Promise<string> {
  await gate.records();
  let text = '';
  for await (const { lines } of readSpool(path.join(gate.dataDir, 'records'))) text += lines.join('\n');
  return text;
}
