import { parseSpec, UnreadableDocument, type SpecDocument, type Waiver } from '@gatehouse/governance';
import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';

/** What a workspace asks of documents. */
export interface Standards {
  readonly pack: string;
  readonly failOn: 'error' | 'warning' | 'never';
}

/** What callers have now. */
export async function publishedDocument(sql: Statements, version: Entity): Promise<SpecDocument | undefined> {
  const { deployed } = version.data;
  if (typeof deployed !== 'string') return undefined;
  const revision = await findEntity(sql, { workspace: version.workspace, kind: 'revision', id: deployed });
  const text = revision?.data['document'];
  return typeof text === 'string' ? readDocument(text) : undefined;
}

export async function waiversOf(sql: Statements, version: Entity): Promise<readonly Waiver[]> {
  const { workspace, id: parent } = version;
  const approved = await listEntities(sql, { workspace, kind: 'waiver', parent, state: 'approved', limit: 10_000 });
  return approved.map(({ data }) => ({
    rule: String(data['rule']),
    path: String(data['path']),
    reason: String(data['reason']),
    owner: String(data['requestedBy']),
    expiresMs: Date.parse(String(data['expiresAt'])),
  }));
}

export async function standardsOf(sql: Statements, version: Entity): Promise<Standards> {
  const workspace = await findEntity(sql, { workspace: '', kind: 'workspace', id: version.workspace });
  const { pack, failOn } = Object.fromEntries<unknown>(Object.entries(workspace?.data['standards'] ?? {}));
  return {
    pack: typeof pack === 'string' ? pack : 'recommended',
    failOn: failOn === 'never' || failOn === 'warning' ? failOn : 'error',
  };
}

export function readDocument(text: string): SpecDocument {
  return readable(() => parseSpec(text, 'document'));
}

/** Says what no document can be, as whoever has sent it may mend it. */
export function readable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    const { line, column } = error.place;
    throw new ServiceError('admin.standards', `the document cannot be read: ${line}:${column}: ${error.message}`);
  }
}
