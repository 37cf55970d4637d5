import { describe, expect, it } from 'vitest';
import { documentOf, NOW, withOperation, type Json } from './__fixtures__/documents.ts';
import { compareDocuments } from './compare-documents.ts';

const one = withOperation({ operationId: 'a' });
const PAIRS: Readonly<Record<string, readonly [Json, Json]>> = {
  break: [one, documentOf()],
  addition: [documentOf(), one],
  warning: [one, withOperation({ operationId: 'b' })],
  note: [one, withOperation({ operationId: 'a', deprecated: true })],
  nothing: [one, withOperation({ operationId: 'a', summary: 'words' })],
};

function advice(kind: string, [old, newer]: readonly [unknown, unknown]) {
  const [from = {}, to = {}] = PAIRS[kind] ?? [];
  const at = (document: Json, version: unknown) => ({ ...document, info: { title: 'x', version } });
  const { semver, version } = compareDocuments(at(from, old), at(to, newer), { now: NOW });
  return [semver, version.bump, version.enough];
}

describe('advice on versions', () => {
  it.each([
    ['break', '1.2.3', '2.0.0', 'major', 'major', true],
    ['break', '1.2.3', '1.3.0', 'major', 'minor', false],
    ['break', '1.2.3', '1.2.3', 'major', 'none', false],
    ['break', '0.2.3', '0.3.0', 'major', 'minor', true],
    ['break', '0.2.3', '0.2.4', 'major', 'patch', false],
    ['break', 'v1', 'v2', 'major', 'major', true],
    ['break', '2.0.0', '1.0.0', 'major', 'down', false],
    ['break', 'spring', 'autumn', 'major', 'unknown', true],
    ['break', 'spring', 'spring', 'major', 'none', false],
    ['break', undefined, undefined, 'major', 'none', false],
    ['break', 1, 2, 'major', 'major', true],
    ['addition', '1.2.3', '1.3.0', 'minor', 'minor', true],
    ['addition', '1.2.3', '1.2.4', 'minor', 'patch', false],
    ['warning', '1.2.3', '1.3.0', 'minor', 'minor', true],
    ['note', '1.2.3', '1.2.4', 'patch', 'patch', true],
    ['note', '1.2.3', '1.2.3', 'patch', 'none', false],
    ['nothing', '1.2.3', '1.2.3', 'patch', 'none', true],
    ['nothing', '1.2.3', '1.2.2', 'patch', 'down', false],
    ['break', '1.2.3-beta.1', '1.2.3', 'major', 'patch', false],
  ])('%s from %s to %s: %s, which %s does: %#', (kind, old, newer, semver, bump, enough) => {
    expect(advice(kind, [old, newer])).toEqual([semver, bump, enough]);
  });
});
