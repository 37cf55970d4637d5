import type { AdminClient } from '../admin-client.ts';
import { CommandFailure } from '../failure.ts';

/* Keys as the admin API tells of them. Nothing is taken for granted of what it answers. */

export interface Workspace {
  readonly client: AdminClient;
  /** Its name. */
  readonly workspace: string;
}

export interface HouseKey {
  readonly id: string;
  readonly name: string;
  /** The id of its application. */
  readonly application: string;
  readonly state: string;
  /** How the key begins. */
  readonly shown: string;
  readonly expiresAt?: string;
  readonly retiresAt?: string;
}

export interface Application {
  readonly id: string;
  readonly name: string;
}

type Data = Readonly<Record<string, unknown>>;

const PAGE = 200;

export async function applicationNamed(house: Workspace, name: string): Promise<Application> {
  const [found] = await listed(house, `applications?name=${encodeURIComponent(name)}`);
  if (found !== undefined) return applicationIn(found);
  throw new CommandFailure(`there is no application \`${name}\` in the workspace \`${house.workspace}\``);
}

export async function allApplications(house: Workspace): Promise<readonly Application[]> {
  return (await listed(house, 'applications?')).map(applicationIn);
}

/** Of one application, or of all. */
export async function keysOf(house: Workspace, application: string | undefined): Promise<readonly HouseKey[]> {
  const filter = application === undefined ? '' : `application=${encodeURIComponent(application)}`;
  return (await listed(house, `credentials?${filter}`)).map(keyIn);
}

/** By `APPLICATION/NAME`, or by its id. */
export async function keyNamed(house: Workspace, which: string): Promise<HouseKey> {
  const [application, name, more] = which.split('/');
  if (name === undefined) return keyIn(dataOf((await house.client.get(keysPath(house, which))).body));
  if (more !== undefined || name === '')
    throw new CommandFailure(`${which}: write APPLICATION/NAME, or the id of the key`);
  const { id } = await applicationNamed(house, application ?? '');
  const [found] = await listed(house, `credentials?application=${id}&name=${encodeURIComponent(name)}`);
  if (found !== undefined) return keyIn(found);
  throw new CommandFailure(`the application \`${application}\` has no key \`${name}\`; gatehouse key list shows all`);
}

/** `/workspaces/default/credentials/cred_…/revoke` */
export function keysPath({ workspace }: Workspace, ...rest: readonly string[]): string {
  return ['/workspaces', workspace, 'credentials', ...rest]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

async function listed({ client, workspace }: Workspace, what: string): Promise<readonly Data[]> {
  const path = `/workspaces/${encodeURIComponent(workspace)}/${what}&limit=${PAGE}`;
  const all: Data[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const { body }: { readonly body: unknown } = await client.get(
      cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
    );
    const { items, next } = dataOf(body);
    if (!Array.isArray(items)) throw new CommandFailure(`${client.server}: its answer is no list, check --server`);
    all.push(...items.map((item: unknown) => dataOf(item)));
    cursor = typeof next === 'string' ? next : undefined;
  }
  return all;
}

export function dataOf(value: unknown): Data {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function applicationIn({ id, name }: Data): Application {
  return { id: textOf(id), name: textOf(name) };
}

function keyIn({ id, name, application, state, shown, expiresAt, retiresAt }: Data): HouseKey {
  return {
    id: textOf(id),
    name: textOf(name),
    application: textOf(application),
    state: textOf(state),
    shown: textOf(shown),
    ...(typeof expiresAt === 'string' && { expiresAt }),
    ...(typeof retiresAt === 'string' && { retiresAt }),
  };
}
