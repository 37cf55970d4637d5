import type { Asking, CallerSaw } from './fault-gate.ts';
import { FIRST_WORD, SECOND_WORD } from './fault-setting.ts';
import { answered, broken, refused, type Answered, type Outcome } from './fault.ts';
import { WHOLE_TOKENS } from './plays.ts';

/**
 * What a caller makes of a reply, in the words of the table: from its status, its bytes and its end alone. Anything that
 * is none of its outcomes, such as half of an answer that looks whole, throws.
 */
export function heard(saw: CallerSaw, { dialect, streamed }: Pick<Asking, 'dialect' | 'streamed'>): Outcome {
  const words = { first: saw.text.split(FIRST_WORD).length - 1, second: saw.text.split(SECOND_WORD).length - 1 };
  const events = streamed ? eventsOf(saw.text) : [];
  if (saw.status !== 200) return refusal(saw, dialect);
  const error = errorIn(events.at(-1) ?? '', dialect);
  if (error !== undefined) {
    if (saw.ended || words.second > 0) throw new TypeError(`an error, and then more: ${saw.text}`);
    return broken(error, words.first);
  }
  const whole = saw.ended && (!streamed || events.some((event) => TERMINATORS[dialect].test(event)));
  if (!whole) throw new TypeError(`an answer that neither ends nor says why: ${saw.text}`);
  if (words.first === WHOLE_TOKENS && words.second === 0) return told('first', saw, dialect);
  if (words.second === WHOLE_TOKENS && words.first === 0) return told('second', saw, dialect);
  throw new TypeError(`parts of answers: ${saw.text}`);
}

type Dialect = Asking['dialect'];

const TERMINATORS: Readonly<Record<Dialect, RegExp>> = { 'openai-chat': /^\[DONE\]$/, anthropic: /"message_stop"/ };

function eventsOf(text: string): string[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data);
}

function told(by: Answered['by'], { text }: CallerSaw, dialect: Dialect): Answered {
  const filtered = dialect === 'anthropic' ? '"refusal"' : '"content_filter"';
  return answered(by, text.includes(filtered) ? { finish: 'content_filter' } : {});
}

function refusal({ status, text, headers }: CallerSaw, dialect: Dialect): Outcome {
  const code = errorIn(text, dialect);
  if (code === undefined) throw new TypeError(`an error of nobody's dialect: ${text}`);
  // Anthropic has a status of its own for those who are overloaded.
  return refused(dialect === 'anthropic' && status === 529 ? 503 : status, code, headers['retry-after']);
}

/** OpenAI's code; undefined where a body or an event tells of no error. */
function errorIn(text: string, dialect: Dialect): string | undefined {
  const said: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
  const error = said === undefined ? undefined : memberOf(said, 'error');
  if (error === undefined) return undefined;
  if (dialect === 'openai-chat') return String(memberOf(error, 'code'));
  const code = String(memberOf(memberOf(error, 'details'), 'error_code'));
  const message = String(memberOf(error, 'message'));
  if (message.startsWith('prompt is too long')) return 'context_length_exceeded';
  if (message.includes('content filter')) return 'content_filter';
  return CODES[`${String(memberOf(error, 'type'))} ${code}`] ?? code;
}

/** Anthropic's types with the gate's codes, where OpenAI has a word of its own. */
const CODES: Readonly<Record<string, string>> = {
  'rate_limit_error provider.overloaded': 'rate_limit_exceeded',
  'overloaded_error provider.overloaded': 'overloaded',
  'timeout_error provider.timeout': 'timeout',
};

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
