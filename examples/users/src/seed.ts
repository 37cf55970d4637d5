import type { Store } from './store.ts';
import type { UserDraft } from './user-store.ts';

const PEOPLE: readonly UserDraft[] = [
  ['Ada Lovelace', 'ada.lovelace'],
  ['Alan Turing', 'alan.turing'],
  ['Grace Hopper', 'grace.hopper'],
  ['John von Neumann', 'john.von.neumann'],
  ['Katherine Johnson', 'katherine.johnson'],
  ['Konrad Zuse', 'konrad.zuse'],
  ['Edsger Dijkstra', 'edsger.dijkstra'],
  ['Barbara Liskov', 'barbara.liskov'],
  ['Donald Knuth', 'donald.knuth'],
  ['Margaret Hamilton', 'margaret.hamilton'],
].map(([name = '', mailbox = '']) => ({ name, email: `${mailbox}@people.example` }));

/**
 * Fills an empty table with people to play with; returns how many were added.
 * Looking and filling are one transaction, so two instances that start together seed once.
 */
export function seedUsers(store: Store): number {
  return store.transaction(() => {
    if (store.users.page({ limit: 1 }).length > 0) return 0;
    for (const person of PEOPLE) store.users.insert(person);
    return PEOPLE.length;
  });
}
