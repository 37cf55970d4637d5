/** Fields that are of a person, by the kind of the entity, which is the person. */
const FIELDS: Readonly<Record<string, readonly string[]>> = { user: ['name', 'title', 'externalId'] };
const OF_ACTOR = ['name', 'ip', 'userAgent'];

type Members = Readonly<Record<string, unknown>>;

/** What of an entry may hold such fields. */
export interface Parts {
  readonly actor: object;
  readonly entity: { readonly kind: string };
  readonly change: object;
}

/** Whose a part is: of who did it, or of whom it was done to. */
export type Whose = 'actor' | 'entity';
export type Exchange = (value: unknown, part: { readonly whose: Whose; readonly path: string }) => Promise<unknown>;

/** Something else in the place of each value that is of a person; the same places for writing and reading. */
export async function withPersonalParts(
  { actor, entity, change }: Parts,
  exchange: Exchange,
): Promise<Pick<Parts, 'actor' | 'change'>> {
  const fields = Object.hasOwn(FIELDS, entity.kind) ? (FIELDS[entity.kind] ?? []) : [];
  const names = await exchanged(membersOf(actor), OF_ACTOR, async (value, name) =>
    exchange(value, { whose: 'actor', path: `/actor/${name}` }),
  );
  if (fields.length === 0) return { actor: names, change };
  const { after, patch } = membersOf(change);
  if (Array.isArray(patch)) {
    const operations: unknown[] = [];
    for (const [index, operation] of [...patch].entries()) {
      const [, field = ''] = String(membersOf(operation)['path']).split('/');
      const isPersonal = fields.includes(field);
      const swap = async (value: unknown): Promise<unknown> =>
        exchange(value, { whose: 'entity', path: `/change/patch/${index}/value` });
      operations.push(isPersonal ? await exchanged(membersOf(operation), ['value'], swap) : operation);
    }
    return { actor: names, change: { patch: operations } };
  }
  const shown = await exchanged(membersOf(after), fields, async (value, name) =>
    exchange(value, { whose: 'entity', path: `/change/after/${name}` }),
  );
  return { actor: names, change: { after: shown } };
}

async function exchanged(
  members: Members,
  names: readonly string[],
  exchange: (value: unknown, name: string) => Promise<unknown>,
): Promise<Members> {
  const all: [string, unknown][] = [];
  for (const [name, value] of Object.entries(members))
    all.push([name, names.includes(name) ? await exchange(value, name) : value]);
  return Object.fromEntries(all);
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? Object.fromEntries<unknown>(Object.entries(value)) : {};
}
