/**
 * Prints what guards cost: `node packages/ai/src/guards/__fixtures__/measure-guards.ts`. Time is that of the thread, on
 * texts of this repository.
 */
import { readFileSync } from 'node:fs';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { compileGuards } from '../guard-set.ts';
import type { GuardSpec } from '../guard-spec.ts';
import { replyOf, streamOf } from './replies.ts';
import { requestOf } from './requests.ts';

const ROOT = new URL('../../../../../', import.meta.url);
const TEXTS: Readonly<Record<string, string>> = {
  prose: read('ARCHITECTURE.md') + read('docs/benchmarks.md'),
  code: read('packages/http/src/forward.ts') + read('packages/http/src/server-connection.ts'),
  json: read('package-lock.json').slice(0, 200_000),
};
const GUARDS: Readonly<Record<string, readonly GuardSpec[]>> = {
  pii: [{ kind: 'pii', action: 'mask' }],
  secrets: [{ kind: 'secrets', action: 'mask' }],
  'pii and secrets': [
    { kind: 'pii', action: 'mask' },
    { kind: 'secrets', action: 'mask' },
  ],
  '200 topics': [
    { kind: 'topics', action: 'mask', deny: Array.from({ length: 200 }, (_, at) => `topic number ${at}`) },
  ],
  injection: [{ kind: 'injection', action: 'flag' }],
};

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** Microseconds a run, the best of three rounds. */
function costUs(run: () => void): number {
  const rounds = Array.from({ length: 3 }, () => {
    const before = process.threadCpuUsage();
    let spent = 0;
    let runs = 0;
    for (; spent < 300_000; runs++) {
      run();
      const { user, system } = process.threadCpuUsage(before);
      spent = user + system;
    }
    return spent / runs;
  });
  return Math.min(...rounds);
}

function print(name: string, cost: number, unit: string): void {
  process.stdout.write(`${name.padEnd(28)}${cost.toFixed(2).padStart(8)} µs ${unit}\n`);
}

for (const [kind, text] of Object.entries(TEXTS)) {
  for (const [name, specs] of Object.entries(GUARDS)) {
    const guards = compileGuards(specs);
    const request = requestOf(text);
    print(`${kind}: ${name}`, costUs(() => void guards.begin().checkRequest(request)) / (text.length / 1024), 'a KB');
  }
  const guards = compileGuards(GUARDS['pii and secrets'] ?? []);
  const events: readonly StreamEvent[] = streamOf(replyOf(text), () => 5);
  const stream = (): void => {
    const filter = guards.begin().streamFilter();
    for (const event of events) filter.push(event);
  };
  print(`${kind}: stream`, costUs(stream) / events.length, 'a delta');
}
