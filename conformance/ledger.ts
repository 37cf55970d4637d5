import type { ExchangeRecord } from '@gatehouse/record';
import { vendorOf, type Cell, type Played } from './cell.ts';
import { spokenTo, toldBy } from './expected.ts';

interface Entry {
  readonly where: string;
  /** What the record must say; undefined where the SDK gave up, and so the exchange ended as it ended. */
  readonly expected: Partial<ExchangeRecord> | undefined;
}

/** Every call that went through the gate, to be compared with what the gate has written down. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();

  note(cell: Cell, { outcomes, replies, calls }: Played): void {
    const { client, vendor, scenario, stream } = cell;
    replies.forEach((reply, at) => {
      const step = scenario.steps[at];
      const where = `${client.name} > ${vendor.name}, ${scenario.name}, ${stream ? 'streamed' : 'plain'}, step ${at + 1}`;
      const answered = step !== undefined && outcomes[at] !== undefined;
      const refused = { status: 400, code: 'request.body_invalid' } as const;
      const aiLoss = reply.header('x-gatehouse-loss');
      const aiAttempts = 1 + (calls[at]?.refusals ?? 0);
      const said = answered ? { ...recordOf(cell, step), aiLoss, aiAttempts } : undefined;
      const expected = said ?? (reply.status === 400 ? refused : undefined);
      this.#entries.set(reply.header('x-request-id') ?? where, { where, expected });
    });
  }

  /** Calls without their one record, and records that say something else. */
  differences(records: readonly ExchangeRecord[]): string[] {
    const found = new Map<string, ExchangeRecord[]>();
    for (const record of records) found.set(record.id, [...(found.get(record.id) ?? []), record]);
    const extra = [...found.keys()].filter((id) => !this.#entries.has(id)).map((id) => `nobody has asked for ${id}`);
    const wrong = [...this.#entries].flatMap(([id, entry]) => compared(entry, found.get(id) ?? []));
    return [...extra, ...wrong];
  }
}

function recordOf(cell: Cell, step: Cell['scenario']['steps'][number]): Partial<ExchangeRecord> {
  const { client, stream } = cell;
  const vendor = vendorOf(step, cell.vendor);
  const { input, cached, output, reasoning } = toldBy({ ...cell, vendor }, step.answer).usage;
  const spoken = spokenTo({ ...cell, vendor });
  return {
    status: 200,
    code: undefined,
    aiDialect: spoken === client.dialect ? client.dialect : `${client.dialect}>${spoken}`,
    aiModelAsked: vendor.name,
    aiProvider: vendor.name,
    aiStream: stream,
    aiInputTokens: input + cached,
    aiCachedTokens: cached,
    aiOutputTokens: output + reasoning,
    aiReasoningTokens: reasoning,
    aiUsageState: 'measured',
  };
}

function compared({ where, expected }: Entry, records: readonly ExchangeRecord[]): string[] {
  const [record] = records;
  if (record === undefined || records.length > 1) return [`${where}: ${records.length} records`];
  const said: Readonly<Record<string, unknown>> = { ...record };
  return Object.entries(expected ?? {})
    .filter(([name, value]) => (said[name] ?? absent(name)) !== value)
    .map(([name, value]) => `${where}: ${name} is ${String(said[name])}, not ${String(value)}`);
}

/** Classes that the vendor does not report are left out. */
function absent(name: string): number | undefined {
  return name === 'aiCachedTokens' || name === 'aiReasoningTokens' ? 0 : undefined;
}
