import { listEntities } from '@gatehouse/store';
import type { House } from '../service-context.ts';
import { signUpTermsOf, type SignUpTerms } from './sign-up.ts';

export interface WaysIn {
  /** There is nobody yet: the token that was printed at the start makes the first administrator. */
  readonly setup: boolean;
  readonly directories: readonly { readonly name: string; readonly title: string }[];
  /** Workspaces that people may come into by themselves. */
  readonly signUps: readonly (SignUpTerms & { readonly workspace: string; readonly title: string })[];
}

const SHOWN_MAX = 100;
const WORKSPACES_MAX = 10_000;

/** What a page on which people sign in has to offer; says nothing of who they are. */
export async function waysIn({ database }: House): Promise<WaysIn> {
  return database.read(async (sql) => {
    const users = await listEntities(sql, { workspace: '', kind: 'user', limit: 1 });
    const directories = await listEntities(sql, { workspace: '', kind: 'directory', limit: SHOWN_MAX });
    const workspaces = await listEntities(sql, { workspace: '', kind: 'workspace', limit: WORKSPACES_MAX });
    return {
      setup: users.length === 0,
      directories: directories.map(({ name, data: { title } }) => ({ name, title: titleOf(title, name) })),
      signUps: workspaces.flatMap((workspace) => {
        const terms = signUpTermsOf(workspace);
        const { name, data } = workspace;
        return terms === undefined ? [] : [{ workspace: name, title: titleOf(data['title'], name), ...terms }];
      }),
    };
  });
}

function titleOf(title: unknown, name: string): string {
  return typeof title === 'string' ? title : name;
}
