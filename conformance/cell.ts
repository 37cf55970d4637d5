import type { Client, Outcome } from './clients/client.ts';
import type { Fixture } from './fixture.ts';
import type { Scenario, Step } from './scenario.ts';
import { anthropicVendor } from './vendors/anthropic.ts';
import type { SeenCall } from './vendors/fake-vendors.ts';
import { geminiVendor } from './vendors/gemini.ts';
import { ollamaVendor } from './vendors/ollama.ts';
import type { Vendor } from './vendors/vendor.ts';
import { COMPATIBLE } from './vendors/vendor-table.ts';
import type { TappedReply } from './wire-tap.ts';

export interface Cell {
  readonly client: Client;
  readonly vendor: Vendor;
  readonly scenario: Scenario;
  readonly stream: boolean;
}

/** Where a conversation takes place; `origin` is whom the SDK takes for its vendor. */
export type Stage = Pick<Fixture, 'origin' | 'vendors' | 'tap'>;

/** A conversation as it went. */
export interface Played {
  readonly outcomes: readonly Outcome[];
  /** What the vendor got. */
  readonly calls: readonly SeenCall[];
  /** What the SDK got; one a step. */
  readonly replies: readonly TappedReply[];
  /** What the SDK threw. */
  readonly error: unknown;
}

export async function play(
  { origin, vendors, tap }: Stage,
  { client, vendor, scenario, stream }: Cell,
): Promise<Played> {
  vendors.play(scenario.steps.map(({ answer }) => answer));
  tap.take();
  const outcomes: Outcome[] = [];
  let failure: unknown;
  try {
    const conversation = client.open(origin, scenario.ask);
    for (const step of scenario.steps) {
      const model = vendorOf(step, vendor).name;
      outcomes.push(await conversation.say(step.say, { model, stream }));
    }
  } catch (error) {
    failure = error;
  }
  return { outcomes, calls: vendors.seen, replies: tap.take(), error: failure };
}

/** Where a step is asked. */
export function vendorOf({ elsewhere }: Step, vendor: Vendor): Vendor {
  if (elsewhere === undefined) return vendor;
  if (elsewhere === 'signed') return vendor === anthropicVendor ? geminiVendor : anthropicVendor;
  return vendor === COMPATIBLE ? ollamaVendor : COMPATIBLE;
}

/** Losses of each step; those of the first alone when all are the same. */
export function lossesOf({ replies }: Played): readonly string[] {
  const said = replies.map((reply) => reply.header('x-gatehouse-loss') ?? '');
  return said.every((losses) => losses === said[0]) ? said.slice(0, 1).filter((losses) => losses !== '') : said;
}

/** The gate's own words in whatever the SDK made of them. */
export function sentenceOf(error: unknown): string {
  const texts = [error, ...membersOf(error)].map((value) => wordsOf(value));
  const found = texts.map((text) => /\\?"message\\?":\s*\\?"((?:[^"\\]|\\(?!").)*)/.exec(text)?.[1]).find(Boolean);
  return found ?? texts[0]?.replace(/^(?:\d{3} )/, '') ?? '';
}

function membersOf(error: unknown): unknown[] {
  return typeof error === 'object' && error !== null ? Object.values(error) : [];
}

function wordsOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
