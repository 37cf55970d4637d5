export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Structured process log. Fields must be plain data; a `Secret` prints as `***`. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
  readonly now: () => number;
  /** Fields of every line, such as the thread's name. */
  readonly base?: Readonly<Record<string, unknown>>;
}

/** One JSON object a line: `{"time":"…","level":"warn","message":"…", …fields}`. */
export function createLogger(options: LoggerOptions): Logger {
  const least = ORDER.indexOf(options.level);
  const at =
    (level: LogLevel) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (ORDER.indexOf(level) < least) return;
      const time = new Date(options.now()).toISOString();
      options.write(`${JSON.stringify({ time, level, ...options.base, message, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
