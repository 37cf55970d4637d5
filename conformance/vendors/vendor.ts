import type { Answer, JsonObject } from '../scenario.ts';

/** A vendor as it behaves on the wire, after the reference alone: nothing here knows how the gate reads or writes. */
export interface Vendor {
  readonly name: string;
  /** Callers who speak one of them get its answers untouched. */
  readonly dialects: readonly string[];
  /** The one in which it shows what its models think, where the first does not. */
  readonly thinksIn?: string;
  /** Gemini's own calls have no ids. */
  readonly namesCalls?: false;
  /** Scenarios that its dialect has no answer for. */
  readonly cannot?: readonly string[];
  /** The provider's row of gatehouse.yaml, below its name. */
  readonly config: (origin: string) => string;
  readonly model: string;
  isStream(call: VendorCall): boolean;
  plain(answer: Answer, call: VendorCall): string;
  /** Records in the order in which they are sent, framed. */
  stream(answer: Answer, call: VendorCall): readonly (string | Buffer)[];
  readonly streamType: string;
  /** The body of a refusal. */
  error(status: number, message: string): string;
  readonly errorHeaders?: (status: number) => Readonly<Record<string, string>>;
  /** A failure inside a stream. */
  streamError(message: string): string | Buffer;
  /** The answer as far as this dialect can tell it. */
  tells(answer: Answer): Answer;
  /** The body of a 400 for what it really refuses, and who asks may mend; '' when nothing. */
  refusal?(call: VendorCall): string;
  /** What the vendor would refuse of a request; '' when nothing. */
  complaint(call: VendorCall): string;
}

export interface VendorCall {
  /** Below the vendor's root, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: JsonObject;
}

export const CREATED = 1_790_000_000;

/** Proof of a vendor's own thoughts: worth something to nobody else. */
export function signatureOf(vendor: string): string {
  return Buffer.from(`signed by the models of ${vendor}`).toString('base64');
}

/** As models say it: a few characters at a time, never half of one. */
export function pieces(text: string, size = 6): string[] {
  const characters = Array.from(text);
  const found: string[] = [];
  for (let at = 0; at < characters.length; at += size) found.push(characters.slice(at, at + size).join(''));
  return found;
}

export function sse(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export function namedSse(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Most dialects have no place for the stop sequence that was met. */
export function unsequenced(answer: Answer): Answer {
  const { sequence: _, ...rest } = answer;
  return rest;
}

/** Those without a refusal of its own say it as text. */
export function spoken(answer: Answer): Answer {
  const { refusal, ...rest } = answer;
  return refusal === undefined ? rest : { ...rest, text: refusal };
}

/** Those who do not tell thinking from speaking count both as one. */
export function uncountedThoughts({ usage, ...answer }: Answer): Answer {
  return { ...answer, usage: { ...usage, output: usage.output + usage.reasoning, reasoning: 0 } };
}

export function callsOf({ calls = [] }: Answer): readonly (NonNullable<Answer['calls']>[number] & { at: number })[] {
  return calls.map((call, at) => ({ ...call, at }));
}

/** Members of a request that the vendor does not know. */
export function unknownMembers(body: JsonObject, known: string): string {
  const names = new Set(known.split(' '));
  const odd = Object.keys(body).filter((name) => !names.has(name));
  return odd.length === 0 ? '' : `unknown members: ${odd.join(', ')}`;
}
