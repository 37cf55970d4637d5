import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions, type LogLevel } from './logger.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function linesOf(use: (log: ReturnType<typeof createLogger>) => void, options: Partial<LoggerOptions> = {}): string[] {
  const lines: string[] = [];
  use(createLogger({ level: 'debug', write: (line) => lines.push(line), now: () => NOW, ...options }));
  return lines;
}

describe('createLogger', () => {
  it('writes one JSON object a line', () => {
    expect(linesOf((log) => log.info('listening', { port: 8080, host: 'a' }))).toEqual([
      '{"time":"2026-01-02T03:04:05.006Z","level":"info","message":"listening","port":8080,"host":"a"}\n',
    ]);
  });

  it('keeps a line a line, whatever it is given', () => {
    const [line, ...more] = linesOf((log) => log.warn('two\nlines', { text: 'a\r\nb\u2028c', list: ['\n'] }));
    expect(more).toEqual([]);
    expect(line?.indexOf('\n')).toBe((line?.length ?? 0) - 1);
    expect(JSON.parse(line ?? '')).toMatchObject({ message: 'two\nlines', list: ['\n'] });
  });

  it.each(LEVELS)('writes nothing below %s', (level) => {
    const lines = linesOf(
      (log) => {
        for (const each of LEVELS) log[each](each);
      },
      { level },
    );
    expect(lines.map((line) => /"level":"(\w+)"/.exec(line)?.[1])).toEqual(LEVELS.slice(LEVELS.indexOf(level)));
  });

  it('puts the fields of every line in front of the message', () => {
    const [line] = linesOf((log) => log.error('failed', { code: 1 }), { base: { worker: 3 } });
    expect(line).toBe('{"time":"2026-01-02T03:04:05.006Z","level":"error","worker":3,"message":"failed","code":1}\n');
  });

  it('asks for the time of each line', () => {
    let now = NOW;
    const lines = linesOf(
      (log) => {
        log.info('a');
        log.info('b');
      },
      { now: () => now++ },
    );
    expect(lines.map((line) => line.slice(29, 33))).toEqual(['006Z', '007Z']);
  });

  it('leaves out what is not there', () => {
    expect(linesOf((log) => log.info('a', { b: undefined }))[0]).not.toContain('"b"');
  });
});
