export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export type LineLevel = Exclude<LogLevel, 'silent'>;

/** In ascending order of severity. */
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Writes one JSON object a line. Fields must be plain data, and never bodies or credentials. */
export type Log = (level: LineLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface LogOptions {
  readonly level: LogLevel;
  readonly instance: string;
  readonly now: () => number;
  readonly write: (line: string) => void;
}

export function createLog(options: LogOptions): Log {
  const least = LOG_LEVELS.indexOf(options.level);
  return (level, message, fields) => {
    if (LOG_LEVELS.indexOf(level) < least) return;
    const time = new Date(options.now()).toISOString();
    options.write(`${JSON.stringify({ time, level, message, instance: options.instance, ...fields })}\n`);
  };
}
