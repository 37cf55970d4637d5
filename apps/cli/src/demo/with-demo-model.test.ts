import type { Snapshot } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { compileText } from '../load-config.ts';
import { wantsDemoModel, withDemoModel } from './with-demo-model.ts';

function snapshot(ai: string): Snapshot {
  const result = compileText(`gatehouse: 1\n${ai}`, { file: 'a.yaml', env: {} });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.snapshot;
}

const NONE = snapshot('');
const VENDOR = snapshot('ai: { providers: { a: { kind: openai } } }\n');
const BOTH = snapshot('ai: { providers: { a: { kind: openai }, mine: { kind: demo } } }\n');

describe('the demo model', () => {
  it('is wanted where a provider is of its kind, whatever its name', () => {
    expect([NONE, VENDOR, BOTH].map(wantsDemoModel)).toEqual([false, false, true]);
  });

  it('gets the address at which it runs', () => {
    const { ai } = withDemoModel(BOTH, 'http://127.0.0.1:5005/v1');
    expect(ai?.providers['mine']?.endpoint).toEqual({
      id: 'http://127.0.0.1:5005',
      tls: false,
      host: '127.0.0.1',
      port: 5005,
      authority: '127.0.0.1:5005',
      basePath: '/v1',
      weight: 1,
    });
  });

  it('leaves other providers, the version and the snapshot itself alone', () => {
    const before = structuredClone(BOTH);
    const after = withDemoModel(BOTH, 'http://127.0.0.1:5005/v1');
    expect(after.ai?.providers['a']).toEqual(before.ai?.providers['a']);
    expect(after.version).toBe(before.version);
    expect(BOTH).toEqual(before);
    expect(withDemoModel(NONE, 'http://127.0.0.1:5005/v1')).toBe(NONE);
  });
});
