import { Type, type TObject, type TSchema } from 'typebox';

/** What there is to know of a kind of entity; verbs, routes, permissions and documents are made of such rows. */
export interface Kind {
  /** As permissions and audit entries call it: `api` */
  readonly kind: string;
  /** As the admin API calls it: `apis` */
  readonly plural: string;
  /** Of its ids: `api_…` */
  readonly prefix: string;
  readonly level: 'house' | 'workspace';
  /** What it belongs to, and under which field its id is shown. */
  readonly parent?: { readonly kind: string; readonly field: string };
  readonly summary: string;
  /** What may be written of it. */
  readonly fields: TObject;
  /** What is kept and shown besides, and only changed by verbs of its own. */
  readonly facts?: readonly string[];
  /** Of a new one; '' for kinds without states. */
  readonly initial: string;
  /** Members of `fields` that hold secrets somewhere inside, under names of the table of secrets. */
  readonly secret?: readonly string[];
  /** Looks at what its schema cannot say; throws what is wrong. */
  readonly check?: (data: Readonly<Record<string, unknown>>) => void;
  /** Whether gates serve anything else after it has changed. */
  readonly served: boolean;
  /** Changed by verbs of its own only: there is no plain create. */
  readonly made?: 'by verbs';
}

/** Names stand in records, headers and metrics. */
export const nameSchema = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'Unique among its like; 1 to 64 letters, digits, `.`, `_` or `-`.',
});

export const id = (what: string) => Type.String({ maxLength: 64, description: `The id of ${what}.` });

export const title = Type.Optional(Type.String({ maxLength: 200, description: 'For people.' }));
export const description = Type.Optional(Type.String({ maxLength: 10_000, description: 'For people, in Markdown.' }));

/** A part of a gatehouse.yaml, which is checked when it is compiled. */
export const spec = (what: string): TSchema =>
  Type.Record(Type.String(), Type.Unknown(), { description: `As \`${what}\` of a gatehouse.yaml.` });

export function fields(members: Record<string, TSchema>): TObject {
  return Type.Object(members, { additionalProperties: false });
}
