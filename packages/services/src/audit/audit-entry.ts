import { createHash } from 'node:crypto';
import type { AuditHead, AuditRow } from '@gatehouse/store';
import type { Origin, Principal } from '../service-context.ts';
import { hashOf } from './canonical.ts';
import { jsonPatch } from './json-patch.ts';
import type { Personal } from './personal.ts';

export interface AuditFacts {
  readonly workspace: string;
  readonly atMs: number;
  readonly principal: Principal;
  readonly origin: Origin | undefined;
  readonly requestId: string;
  /** `api.create` */
  readonly action: string;
  readonly entity: { readonly kind: string; readonly id: string };
  /** As everybody sees it: without secrets. */
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | undefined;
}

export const GENESIS = '0'.repeat(64);
/** Entries that say it hold differences, and what is personal sealed; those before it held both sides whole. */
const VERSION = 2;
/** What is longer, such as a document, is told by its hash. */
const TEXT_MAX = 65_536;

/** The next link of a workspace's chain: its hash is over all of it and over the hash before. */
export async function auditEntry(
  head: AuditHead | undefined,
  facts: AuditFacts,
  personal: Personal,
): Promise<AuditRow> {
  const { workspace, atMs, principal, action, entity, reason, requestId } = facts;
  const seq = (head?.seq ?? 0) + 1;
  const content = {
    v: VERSION,
    seq,
    workspace,
    at: atMs,
    actor: { kind: principal.kind, id: principal.id, person: await actorOf(facts, personal) },
    action,
    entity,
    change: await changeOf(facts, personal),
    reason: reason ?? null,
    requestId,
    prev: head?.hash ?? GENESIS,
  };
  const hash = hashOf(content);
  const entry = JSON.stringify({ ...content, hash });
  return { workspace, seq, atMs, entity: `${entity.kind} ${entity.id}`, entry, hash };
}

/** Who it was and from where, as far as that is known; sealed. */
async function actorOf({ principal, origin }: AuditFacts, personal: Personal): Promise<unknown> {
  const { address, userAgent } = origin ?? {};
  return personal.seal(principal.id, JSON.stringify({ name: principal.name, address, userAgent }));
}

/** A new one whole, a changed one by its difference (RFC 6902), and of one that is gone only that it is. */
async function changeOf({ entity, before, after }: AuditFacts, personal: Personal): Promise<unknown> {
  if (after === undefined) return { removed: true };
  const now = await told(entity, after, personal);
  if (before === undefined) return { after: now };
  return { patch: jsonPatch(await told(entity, before, personal), now) };
}

/** Members that tell who somebody is, by kind. */
const PERSONAL: Readonly<Record<string, readonly string[]>> = { user: ['name', 'title', 'externalId'] };

async function told({ kind, id }: AuditFacts['entity'], view: unknown, personal: Personal): Promise<unknown> {
  const members = PERSONAL[kind] ?? [];
  const short = shortened(view);
  if (members.length === 0 || typeof short !== 'object' || short === null) return short;
  const sealed = Object.entries(short).map(async ([name, value]): Promise<readonly [string, unknown]> => {
    const isPersonal = members.includes(name) && typeof value === 'string';
    return [name, isPersonal ? await personal.seal(id, value) : value];
  });
  return Object.fromEntries(await Promise.all(sealed));
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    if (value.length <= TEXT_MAX) return value;
    return { sha256: createHash('sha256').update(value).digest('hex'), characters: value.length };
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shortened(item)]));
}
