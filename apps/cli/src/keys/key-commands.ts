import { randomBytes } from 'node:crypto';
import { CommandFailure } from '../failure.ts';
import {
  allApplications,
  applicationNamed,
  dataOf,
  keyNamed,
  keysOf,
  keysPath,
  textOf,
  type HouseKey,
  type Workspace,
} from './house-keys.ts';

interface Printing extends Workspace {
  readonly json: boolean;
  readonly print: (line: string) => void;
}

export interface CreateOptions extends Printing {
  readonly application: string;
  /** Undefined: one is made up. */
  readonly name: string | undefined;
  readonly expiresInMs: number | undefined;
  readonly nowMs: number;
}

/** `gatehouse key create --application NAME`: the key is printed here and never again. */
export async function createKey(options: CreateOptions): Promise<void> {
  const { client, application, name, expiresInMs, nowMs, json, print } = options;
  const { id } = await applicationNamed(options, application);
  const { body } = await client.post(keysPath(options), {
    name: name ?? `key-${randomBytes(3).toString('hex')}`,
    application: id,
    ...(expiresInMs !== undefined && { expiresAt: new Date(nowMs + expiresInMs).toISOString() }),
  });
  const made = dataOf(body);
  if (json) return print(JSON.stringify(made));
  print(`key      ${textOf(made['key'])}   (shown once)`);
  print(`name     ${application}/${textOf(made['name'])}   (${textOf(made['id'])})`);
  if (expiresInMs !== undefined) print(`expires  ${textOf(made['expiresAt'])}`);
  print(`known to ${workersText(made)}`);
}

export interface RotateOptions extends Printing {
  readonly which: string;
  /** Of the new one; undefined: one is made up. */
  readonly name: string | undefined;
  /** Undefined: as the house has it. */
  readonly overlapMs: number | undefined;
}

/** `gatehouse key rotate`: a new key beside the old one, which is good for the overlap. */
export async function rotateKey(options: RotateOptions): Promise<void> {
  const { client, which, name, overlapMs, json, print } = options;
  const { id } = await keyNamed(options, which);
  const { body } = await client.post(keysPath(options, id, 'rotate'), {
    ...(name !== undefined && { name }),
    ...(overlapMs !== undefined && { overlapSeconds: Math.ceil(overlapMs / 1000) }),
  });
  const old = dataOf(body);
  if (json) return print(JSON.stringify(old));
  const next = dataOf(old['next']);
  print(`key      ${textOf(next['key'])}   (shown once)`);
  print(`name     ${textOf(next['name'])}   (${textOf(next['id'])})`);
  print(`known to ${workersText(old)}`);
  print(`${which} is good until ${textOf(old['retiresAt'])}`);
}

export interface RevokeOptions extends Printing {
  readonly which: string;
  readonly reason: string | undefined;
}

/** `gatehouse key revoke`: exit code 1 where some worker may still let it pass. */
export async function revokeKey(options: RevokeOptions): Promise<void> {
  const { client, which, reason, json, print } = options;
  const { id } = await keyNamed(options, which);
  const { body } = await client.post(keysPath(options, id, 'revoke'), { ...(reason !== undefined && { reason }) });
  const revoked = dataOf(body);
  print(json ? JSON.stringify(revoked) : `${which}: refused by ${workersText(revoked)}`);
  const { enforcing, of } = workersIn(revoked) ?? { enforcing: 0, of: 0 };
  if (enforcing < of) throw new CommandFailure('', 1);
}

export interface ListOptions extends Printing {
  /** Undefined: of all. */
  readonly application: string | undefined;
}

/** `gatehouse key list`: what there is of keys, by which nobody can call. */
export async function listKeys(options: ListOptions): Promise<void> {
  const { application, json, print } = options;
  const applications =
    application === undefined ? await allApplications(options) : [await applicationNamed(options, application)];
  const names = new Map(applications.map(({ id, name }) => [id, name]));
  const found = await keysOf(options, application === undefined ? undefined : applications[0]?.id);
  const keys = found.map((key) => ({ ...key, application: names.get(key.application) ?? key.application }));
  if (json) return print(JSON.stringify(keys));
  if (keys.length === 0) return print('there are no keys');
  const width = Math.max(...keys.map((key) => fullName(key).length));
  for (const key of keys) {
    const { id, state, shown } = key;
    print(`${fullName(key).padEnd(width)}  ${state.padEnd(8)}  ${shown}…  ${id}${endText(key)}`);
  }
}

const fullName = ({ application, name }: HouseKey): string => `${application}/${name}`;

function endText({ state, retiresAt, expiresAt }: HouseKey): string {
  if (state === 'rotating' && retiresAt !== undefined) return `  until ${retiresAt}`;
  return expiresAt === undefined ? '' : `  until ${expiresAt}`;
}

/** `2 of 2 workers`, as the reply proves. */
function workersText(reply: Readonly<Record<string, unknown>>): string {
  const workers = workersIn(reply);
  return workers === undefined ? 'no gate yet: none was asked' : `${workers.enforcing} of ${workers.of} workers`;
}

function workersIn(
  reply: Readonly<Record<string, unknown>>,
): { readonly enforcing: number; readonly of: number } | undefined {
  const { enforcing, of } = dataOf(dataOf(reply['enforcement'])['workers']);
  return typeof enforcing === 'number' && typeof of === 'number' ? { enforcing, of } : undefined;
}
