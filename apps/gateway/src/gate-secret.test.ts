import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gateSecret, knownGateSecret } from './gate-secret.ts';

function folder(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-secret-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('the secret of a gate', () => {
  it('is made once, kept, and read by its owner alone', () => {
    const dir = path.join(folder(), 'data');
    const first = gateSecret(dir, undefined);
    expect(first).toHaveLength(32);
    expect(gateSecret(dir, '')).toEqual(first);
    expect(statSync(path.join(dir, 'secret.key')).mode & 0o777).toBe(0o600);
    expect(gateSecret(folder(), undefined)).not.toEqual(first);
  });

  it('is that of the operator where there is one', () => {
    const dir = folder();
    expect(gateSecret(dir, 'same')).toEqual(gateSecret(folder(), 'same'));
    expect(gateSecret(dir, 'same')).not.toEqual(gateSecret(dir, 'other'));
  });

  it('is known without being made', () => {
    const dir = path.join(folder(), 'data');
    expect([knownGateSecret(dir, undefined), knownGateSecret(dir, ''), existsSync(dir)]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    expect(knownGateSecret(dir, 'same')).toEqual(gateSecret(dir, 'same'));
    const made = gateSecret(dir, undefined);
    expect(knownGateSecret(dir, undefined)).toEqual(made);
  });

  it.each(['', 'c2hvcnQ=', 'not base64 at all'])('is not made anew over a file that holds %j', (text) => {
    const dir = folder();
    writeFileSync(path.join(dir, 'secret.key'), text);
    expect(() => gateSecret(dir, undefined)).toThrow('holds no secret');
  });
});
