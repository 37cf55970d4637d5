import { type Cursors, createCursors, invalidCursor } from './cursor.ts';
import { etagOf, ifMatchHolds, ifNoneMatchHolds } from './etag.ts';
import { type Fields, fields, integer, optionalText, text } from './fields.ts';
import { fingerprintOf } from './idempotency-records.ts';
import type { ParameterValues } from './parameters.ts';
import { Problem } from './problem.ts';
import type { Store } from './store.ts';
import type { User, UserDraft } from './user-store.ts';

/** A request that fits the document. */
export interface Call {
  readonly operation: string;
  /** Who calls, as the gate in front says; empty without a gate. */
  readonly caller: string;
  readonly parameters: ParameterValues;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Fields;
}

export type Handler = (call: Call) => Reply;

/** What each operation of the document does, by operationId. */
export function usersApi(store: Store): ReadonlyMap<string, Handler> {
  const cursors = createCursors(store.cursorSecret);
  return new Map<string, Handler>([
    ['listUsers', (call) => listUsers(call, store, cursors)],
    ['createUser', (call) => createUser(call, store)],
    ['getUser', (call) => getUser(call, store)],
    ['replaceUser', (call) => replaceUser(call, store)],
    ['deleteUser', (call) => deleteUser(call, store)],
  ]);
}

function listUsers(call: Call, store: Store, cursors: Cursors): Reply {
  const { query } = call.parameters;
  const limit = integer(query, 'limit');
  const email = optionalText(query, 'email');
  const cursor = optionalText(query, 'cursor');
  const position = cursor === undefined ? undefined : cursors.decode(cursor);
  if (position !== undefined && position.email !== email) {
    throw invalidCursor('The cursor belongs to a list with another filter.');
  }
  // One more than asked for tells whether anything follows.
  const found = store.users.page({ limit: limit + 1, after: position?.after, email });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const nextCursor = last === undefined ? null : cursors.encode({ after: last.id, email });
  return { status: 200, headers: {}, body: { items: page.map(toBody), next_cursor: nextCursor } };
}

function createUser(call: Call, store: Store): Reply {
  const draft = readDraft(call.body);
  const key = optionalText(call.parameters.header, 'idempotency-key');
  if (key === undefined) return store.transaction(() => insertUser(draft, store));

  const scope = { caller: call.caller, operation: call.operation, key };
  const fingerprint = fingerprintOf({ ...draft });
  return store.transaction(() => {
    const kept = store.idempotency.find(scope);
    if (kept === undefined) {
      const reply = insertUser(draft, store);
      store.idempotency.keep(scope, { fingerprint, body: reply.body, status: reply.status, headers: reply.headers });
      return reply;
    }
    if (kept.fingerprint !== fingerprint) throw new Problem('idempotency.key_reused');
    const headers = { ...kept.headers, 'idempotency-replayed': 'true' };
    return { status: kept.status, headers, body: fields(kept.body) };
  });
}

function getUser(call: Call, store: Store): Reply {
  const user = findUser(call, store);
  const etag = etagOf(user.revision);
  const ifNoneMatch = optionalText(call.parameters.header, 'if-none-match');
  if (ifNoneMatch !== undefined && !ifNoneMatchHolds(ifNoneMatch, etag)) return { status: 304, headers: { etag } };
  return { status: 200, headers: { etag }, body: toBody(user) };
}

function replaceUser(call: Call, store: Store): Reply {
  const draft = readDraft(call.body);
  return store.transaction(() => {
    const { id } = findExpectedUser(call, store);
    const user = store.users.replace(id, draft);
    if (user === undefined) throw new Problem('user.email_taken');
    return { status: 200, headers: { etag: etagOf(user.revision) }, body: toBody(user) };
  });
}

function deleteUser(call: Call, store: Store): Reply {
  return store.transaction(() => {
    store.users.remove(findExpectedUser(call, store).id);
    return { status: 204, headers: {} };
  });
}

function insertUser(draft: UserDraft, store: Store): Reply & { readonly body: Fields } {
  const user = store.users.insert(draft);
  if (user === undefined) throw new Problem('user.email_taken');
  // Relative to the request, so that it stays right under whatever prefix a gate puts in front.
  const headers = { location: `users/${user.id}`, etag: etagOf(user.revision) };
  return { status: 201, headers, body: toBody(user) };
}

function findUser(call: Call, store: Store): User {
  const user = store.users.find(text(call.parameters.path, 'id'));
  if (user === undefined) throw new Problem('user.not_found');
  return user;
}

/** Call it inside the transaction that writes, or another write may come in between. */
function findExpectedUser(call: Call, store: Store): User {
  const user = findUser(call, store);
  const ifMatch = optionalText(call.parameters.header, 'if-match');
  if (ifMatch !== undefined && !ifMatchHolds(ifMatch, etagOf(user.revision))) {
    throw new Problem('request.precondition_failed');
  }
  return user;
}

function readDraft(body: unknown): UserDraft {
  const draft = fields(body);
  return { email: text(draft, 'email'), name: text(draft, 'name') };
}

function toBody(user: User): Fields {
  const { id, email, name, createdAt, updatedAt } = user;
  return { id, email, name, created_at: createdAt, updated_at: updatedAt };
}
