import type { Ask, Call, JsonObject, Part, Say, Scenario, StopKind, Tokens } from '../scenario.ts';

/** An official SDK, unmodified, with nothing but a base URL and a key. */
export interface Client {
  readonly name: string;
  /** Of the door that it knocks at. */
  readonly dialect: string;
  /** What its requests have no words for: scenarios that need it are not asked. */
  readonly lacks: readonly Skill[];
  /** What its answers have no words for. */
  readonly hides: readonly Showing[];
  /**
   * Where a refusal stands: in a member of its own, in the text together with what the vendor says of it, in the text as
   * the model's own words alone, or nowhere that the SDK would show.
   */
  readonly refusals: 'apart' | 'explained' | 'in-text' | 'nowhere';
  /** Which stop sequence was met, after the reason. */
  readonly showsSequence?: true;
  readonly stops: Readonly<Record<StopKind, string>>;
  /** Cannot, or not always, give up a call that runs. */
  readonly staysFor?: 'plain' | 'all';
  usage(tokens: Tokens): Readonly<Record<string, number>>;
  /** `origin` is the gate's. */
  open(origin: string, ask: Ask): Conversation;
}

/** Keeps the history as its SDK gave it: what the caller sends back is what it got. */
export interface Conversation {
  say(says: readonly Say[], how: How): Promise<Outcome>;
}

export interface How {
  readonly model: string;
  readonly stream: boolean;
  readonly signal?: AbortSignal;
}

/** What the SDK made of the answer; stop and usage in its own terms. */
export interface Outcome {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly (Call & { readonly id: string })[];
  readonly stop: string;
  readonly usage: Readonly<Record<string, number>>;
}

export type Skill =
  | 'tools'
  | 'choice-none'
  | 'choice-required'
  | 'choice-named'
  | 'parallel'
  | 'tool-error'
  | 'image'
  | 'document'
  | 'schema'
  | 'effort'
  | 'stop';

export type Showing = 'reasoning' | 'stream-usage';

export const KEY = 'caller-key';

export function skillsFor({ ask, steps }: Scenario): Skill[] {
  const says = steps.flatMap(({ say }) => say);
  const parts = says.flatMap((said) => ('user' in said ? said.user : []));
  const results = says.flatMap((said) => ('results' in said ? said.results : []));
  const { tools, choice, parallel, schema, stop, effort } = ask;
  const needs: Readonly<Record<Skill, boolean>> = {
    tools: tools !== undefined,
    'choice-none': choice === 'none',
    'choice-required': choice === 'required',
    'choice-named': typeof choice === 'object',
    parallel: parallel !== undefined,
    'tool-error': results.some(({ isError }) => isError === true),
    image: parts.some((part) => 'image' in part),
    document: parts.some((part) => 'document' in part),
    schema: schema !== undefined,
    effort: effort !== undefined,
    stop: stop !== undefined,
  };
  return SKILLS.filter((skill) => needs[skill]);
}

const SKILLS: readonly Skill[] = [
  'tools',
  'choice-none',
  'choice-required',
  'choice-named',
  'parallel',
  'tool-error',
  'image',
  'document',
  'schema',
  'effort',
  'stop',
];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Arguments of a call; what is no object is shown as what it is, and fails. */
export function argsOf(json: unknown): JsonObject {
  const value: unknown = typeof json === 'string' ? JSON.parse(json) : json;
  return isObject(value) ? value : { noObject: value };
}

/** Those that are numbers. */
export function counts(fields: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

export function textOf(part: Part): string {
  return 'text' in part ? part.text : '';
}

/** The text of a member that the SDK's types do not know. */
export function extraText(value: object, member: string): string {
  const found: unknown = Object.entries(value).find(([name]) => name === member)?.[1];
  return typeof found === 'string' ? found : '';
}
