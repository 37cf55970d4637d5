import { findEntity, type Statements } from '@gatehouse/store';
import type { Principal } from '../service-context.ts';

/**
 * The person behind a principal, for whoever asks for several of them: the user, whether it comes by its session or by one
 * of its tokens; undefined for programs and for the system, which count as nobody.
 */
export function personBehind({ kind, id }: Principal): string | undefined {
  return kind === 'user' ? id : undefined;
}

/** How many different persons are among these ids of users. Those who are gone or disabled, and bots, do not count. */
export async function distinctPersons(sql: Statements, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const persons = new Set<string>();
  for (const id of new Set(ids)) {
    const user = await findEntity(sql, { workspace: '', kind: 'user', id });
    if (user !== undefined && user.data['disabled'] !== true && user.data['bot'] !== true) persons.add(id);
  }
  return persons;
}
