import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROVIDERS } from '@gatehouse/ai/providers';
import { expect, it } from 'vitest';

const GUIDE = path.join(import.meta.dirname, '..', 'docs', 'endpoints.md');
const COLUMNS = ['images', 'image-edits', 'transcriptions', 'translations', 'speech', 'moderations'] as const;

/** What the guide has to say of vendors, line by line. */
export function servedLines(): readonly string[] {
  return PROVIDERS.filter(({ serves }) => Object.keys(serves).length > 0).map(({ kind, serves }) => {
    return `| \`${kind}\` | ${COLUMNS.map((name) => (serves[name] === undefined ? '' : 'yes')).join(' | ')} |`;
  });
}

it('the guide to endpoints says which vendor has which', () => {
  const text = readFileSync(GUIDE, 'utf8');
  expect(text.split('\n').filter((line) => line.startsWith('| `') && !line.includes('/'))).toEqual(servedLines());
});
