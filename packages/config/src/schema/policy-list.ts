import { Type, type TSchema } from 'typebox';
import { strictObject } from './strict-object.ts';

/** A policy as its room describes it to this one. */
export interface PolicySchema {
  readonly name: string;
  readonly summary: string;
  /** Of its config as written; checks of its own (`Type.Refine`) speak as the predicate of a sentence and quote no value. */
  readonly schema: TSchema;
}

/** A policy as files are compiled with it. */
export interface PolicyForm extends PolicySchema {
  /** The finished config that the policy is built from: defaulted and checked. Throws on what `schema` refuses. */
  parse(config: unknown): unknown;
  /**
   * What workers get in place of a finished config: files read, names looked up, schemas made ready. Left out: the
   * config itself. Once for each list that the policy stands in.
   */
  compile?(config: unknown, context: PolicyContext): unknown;
  /** Of what workers get: public paths at which the policy answers itself. They become open routes. */
  paths?(config: unknown): readonly string[];
}

/** What stands around a policy in the file. */
export interface PolicyContext {
  /** The public prefix of the API, '' for none. */
  readonly basePath: string;
  /** The OpenAPI document of the API: its text, and the file that it came from. */
  readonly document: { readonly file: string; readonly text: string } | undefined;
  /** A file's text; relative names are relative to the configuration. Throws when it cannot be read. */
  readText(file: string): string;
  /** The name under which the snapshot holds an upstream; undefined for what is none. */
  upstream(nameOrUrl: string): string | undefined;
  /** Says what is wrong: `why` goes behind the policy's name, as in "`mirror` names no upstream, …". */
  problem(why: string): void;
}

export const POLICY_LIST_TITLE = 'a list of policies';

/** One-key maps, so that the order stands in the file. */
export function policyListSchema(policies: readonly PolicySchema[]) {
  const byName = policies.map(({ name, schema }) => [name, Type.Optional(schema)] as const);
  const entry = strictObject(Object.fromEntries(byName), { title: 'a policy', minProperties: 1, maxProperties: 1 });
  return Type.Array(Type.Unsafe<Readonly<Record<string, unknown>>>(entry), {
    title: POLICY_LIST_TITLE,
    description: 'What is done with each call: maps of one policy each, in order; see Policies.',
    default: [],
  });
}

export type PolicyListSchema = ReturnType<typeof policyListSchema>;
