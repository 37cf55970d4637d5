import { listEntities } from '@gatehouse/store';
import type { House } from '../service-context.ts';

export interface WaysIn {
  /** There is nobody yet: the token that was printed at the start makes the first administrator. */
  readonly setup: boolean;
  readonly directories: readonly { readonly name: string; readonly title: string }[];
}

const SHOWN_MAX = 100;

/** What a page on which people sign in has to offer; says nothing of who they are. */
export async function waysIn({ database }: House): Promise<WaysIn> {
  return database.read(async (sql) => {
    const users = await listEntities(sql, { workspace: '', kind: 'user', limit: 1 });
    const directories = await listEntities(sql, { workspace: '', kind: 'directory', limit: SHOWN_MAX });
    return {
      setup: users.length === 0,
      directories: directories.map(({ name, data: { title } }) => ({
        name,
        title: typeof title === 'string' ? title : name,
      })),
    };
  });
}
