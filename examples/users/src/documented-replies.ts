import type { DocumentNode } from './document-node.ts';
import type { Check, SchemaCompiler } from './schema-compiler.ts';

export interface SentReply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The parsed JSON; undefined when the reply has no body. */
  readonly body: unknown;
}

interface DocumentedReply {
  readonly content: ReadonlyMap<string, Check | undefined>;
  readonly headers: ReadonlyMap<string, DocumentedHeader>;
}

interface DocumentedHeader {
  readonly required: boolean;
  readonly check: Check | undefined;
}

/** The replies that the document allows one operation. */
export class DocumentedReplies {
  readonly #byStatus: ReadonlyMap<number, DocumentedReply>;
  /** Media types of the replies to requests that succeed. */
  readonly offered: readonly string[];

  constructor(responses: readonly (readonly [status: string, node: DocumentNode])[], compiler: SchemaCompiler) {
    this.#byStatus = new Map(responses.map(([status, node]) => [Number(status), compile(node, compiler)]));
    const successes = [...this.#byStatus].filter(([status]) => status < 300);
    this.offered = successes.flatMap(([, reply]) => [...reply.content.keys()]);
  }

  /** How a reply differs from the document; empty when it does not. */
  differences(reply: SentReply): readonly string[] {
    const documented = this.#byStatus.get(reply.status);
    if (documented === undefined) return [`status ${reply.status} is not documented`];
    return [...headerDifferences(documented, reply), ...bodyDifferences(documented, reply)];
  }
}

function compile(node: DocumentNode, compiler: SchemaCompiler): DocumentedReply {
  const checkOf = (holder: DocumentNode): Check | undefined => {
    const schema = holder.child('schema');
    return schema === undefined ? undefined : compiler.value(schema);
  };
  const headers = new Map<string, DocumentedHeader>();
  for (const [name, header] of node.child('headers')?.children() ?? []) {
    headers.set(name.toLowerCase(), { required: header.value['required'] === true, check: checkOf(header) });
  }
  const content = new Map<string, Check | undefined>();
  for (const [mediaType, media] of node.child('content')?.children() ?? []) content.set(mediaType, checkOf(media));
  return { content, headers };
}

function headerDifferences(documented: DocumentedReply, reply: SentReply): readonly string[] {
  return [...documented.headers].flatMap(([name, { required, check }]) => {
    const value = reply.headers[name];
    if (value === undefined) return required ? [`header ${name} is missing`] : [];
    return (check?.(typeof value === 'number' ? String(value) : value) ?? []).map(
      (fault) => `header ${name} ${fault.detail}`,
    );
  });
}

function bodyDifferences(documented: DocumentedReply, reply: SentReply): readonly string[] {
  if (reply.body === undefined) return documented.content.size === 0 ? [] : ['the body is missing'];
  const type = reply.headers['content-type'];
  const [mediaType = ''] = typeof type === 'string' ? type.split(';') : ['none'];
  if (!documented.content.has(mediaType)) return [`content type ${mediaType} is not documented`];
  const faults = documented.content.get(mediaType)?.(reply.body) ?? [];
  return faults.map((fault) => `body ${fault.pointer ?? ''} ${fault.detail}`);
}
