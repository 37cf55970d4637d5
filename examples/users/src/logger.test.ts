import { describe, expect, it } from 'vitest';
import { LOG_LEVELS, type LogLevel, createLog } from './logger.ts';
import { START_MS } from './testkit/test-service.ts';

function linesAt(level: LogLevel): readonly string[] {
  const lines: string[] = [];
  const log = createLog({ level, instance: 'a', now: () => START_MS, write: (line) => void lines.push(line) });
  for (const each of ['debug', 'info', 'warn', 'error'] as const) log(each, 'happened', { count: 1 });
  return lines;
}

describe('createLog', () => {
  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ] as const)('at %s writes %i of four levels', (level, count) => {
    expect(linesAt(level)).toHaveLength(count);
  });

  it('writes one JSON object a line', () => {
    expect(linesAt('error')).toEqual([
      '{"time":"2026-01-05T09:30:00.000Z","level":"error","message":"happened","instance":"a","count":1}\n',
    ]);
  });

  it('keeps a line break in a field from making a second line', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', instance: 'a', now: () => 0, write: (line) => void lines.push(line) });
    log('info', 'one\ntwo', { field: 'three\nfour' });
    expect(lines.join('').trimEnd()).not.toContain('\n');
  });

  it('knows the levels in their order', () => {
    expect(LOG_LEVELS).toEqual(['debug', 'info', 'warn', 'error', 'silent']);
  });
});
