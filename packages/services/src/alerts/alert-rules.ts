import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { listOf } from '../json-data.ts';
import type { Change } from '../people/people-rules.ts';
import { ServiceError } from '../service-error.ts';

/** Kinds that name contacts. */
const TELLING = ['alert', 'objective', 'digest'] as const;
const MANY = 100_000;

/** What holds for changes of alerts and what belongs to them, whichever verb makes them. */
export const ALERT_RULES: Readonly<Record<string, (change: Change) => Promise<void>>> = {
  alert: requireContacts,
  objective: requireContacts,
  digest: requireContacts,
  contact: requireUnnamed,
};

/** Nobody thinks that somebody is told who is not there. */
async function requireContacts({ sql, after }: Change): Promise<void> {
  for (const name of new Set(listOf(after?.data['contacts']).map(String))) {
    const query = { workspace: after?.workspace ?? '', kind: 'contact', parent: '', name, limit: 1 };
    const [found] = await listEntities(sql, query);
    if (found === undefined) throw new ServiceError('admin.invalid', `/contacts there is no contact ${name}`);
  }
}

/** Whoever is named stays, under that name. */
async function requireUnnamed({ sql, before, after }: Change): Promise<void> {
  if (before === undefined || before.name === after?.name) return;
  const user = await namedBy(sql, before);
  if (user === undefined) return;
  const what = after === undefined ? 'needs it, change or delete that first' : 'names it, change that first';
  throw new ServiceError('admin.conflict', `the ${user.kind} ${user.name} ${what}`);
}

async function namedBy(sql: Statements, { workspace, name }: Entity): Promise<Entity | undefined> {
  for (const kind of TELLING) {
    const all = await listEntities(sql, { workspace, kind, limit: MANY });
    const found = all.find(({ data }) => listOf(data['contacts']).includes(name));
    if (found !== undefined) return found;
  }
  return undefined;
}
