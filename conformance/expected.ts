import type { Cell } from './cell.ts';
import type { Client, Outcome } from './clients/client.ts';
import type { Answer, StopKind } from './scenario.ts';
import { vendorAt } from './vendors/vendor-table.ts';

/** What the SDK must make of an answer: as far as the vendor's dialect can tell it, and the client's can show it. */
export function expectedOf(cell: Cell, answer: Answer): Omit<Outcome, 'calls'> & ExpectedCalls {
  const { client, stream } = cell;
  const told = toldBy(cell, answer);
  return {
    ...spoken(client, told),
    reasoning: client.hides.includes('reasoning') ? '' : (told.reasoning ?? ''),
    calls: told.calls ?? [],
    stop: client.stops[stopOf(told)] + (client.showsSequence && told.sequence !== undefined ? ` ${told.sequence}` : ''),
    usage: stream && client.hides.includes('stream-usage') ? {} : client.usage(told.usage),
  };
}

/** The answer as far as the vendor's dialect can tell it. */
export function toldBy(asked: Asked, answer: Answer): Answer {
  const path = spokenTo(asked) === 'openai-responses' ? '/v1/responses' : '/';
  return vendorAt(asked.vendor.name, path).tells(answer);
}

type Asked = Pick<Cell, 'client' | 'vendor' | 'scenario'>;

/** The client's own dialect where the vendor speaks it; else the vendor's usual one, or where it shows its thoughts. */
export function spokenTo({ client, vendor, scenario }: Asked): string {
  if (vendor.dialects.includes(client.dialect)) return client.dialect;
  const usual = vendor.dialects[0] ?? '';
  return scenario.ask.effort === undefined ? usual : (vendor.thinksIn ?? usual);
}

interface ExpectedCalls {
  readonly calls: NonNullable<Answer['calls']>;
}

/** Complete calls and a plain stop are a stop for calls (reference §3.5). */
function stopOf({ stop, calls = [] }: Answer): StopKind {
  return stop === 'end' && calls.length > 0 ? 'tool_calls' : stop;
}

function spoken({ refusals }: Client, answer: Answer): { text: string; refusal: string } {
  const { text = '', refusal = '', explanation = '' } = answer;
  if (refusals === 'apart') return { text, refusal: refusal + explanation };
  if (refusals === 'nowhere') return { text, refusal: '' };
  return { text: text + refusal + (refusals === 'explained' ? explanation : ''), refusal: '' };
}

/** Counts that differ; what a dialect need not say when it is nothing may be left out. */
export function wrongCounts(expected: Outcome['usage'], actual: Outcome['usage']): string[] {
  return Object.entries(expected)
    .filter(([name, count]) => (actual[name] ?? 0) !== count)
    .map(([name, count]) => `${name} is ${actual[name] ?? 'missing'}, not ${count}`);
}
