export interface BackedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key, none of them NULL: rows are read in its order. */
  readonly key: readonly string[];
  /** Columns whose length says how large a row is. */
  readonly large: readonly string[];
}

/** All tables but the note of which migrations were done, which is the header's. A test holds this against the database. */
export const BACKED_TABLES: readonly BackedTable[] = [
  {
    name: 'entities',
    columns: [
      'workspace',
      'kind',
      'id',
      'parent',
      'name',
      'state',
      'lookup',
      'revision',
      'data',
      'created_ms',
      'updated_ms',
    ],
    key: ['workspace', 'kind', 'id'],
    large: ['data'],
  },
  { name: 'audit_heads', columns: ['workspace', 'seq', 'hash'], key: ['workspace'], large: [] },
  {
    name: 'audit_entries',
    columns: ['workspace', 'seq', 'at_ms', 'entity', 'entry'],
    key: ['workspace', 'seq'],
    large: ['entry'],
  },
  { name: 'subject_keys', columns: ['subject', 'sealed_key', 'at_ms'], key: ['subject'], large: [] },
  {
    name: 'audit_checkpoints',
    columns: ['workspace', 'seq', 'hash', 'at_ms', 'public_key', 'line'],
    key: ['workspace', 'seq'],
    large: ['line'],
  },
  {
    name: 'outbox',
    columns: ['id', 'workspace', 'topic', 'event', 'attempts', 'due_ms', 'done_ms'],
    key: ['id'],
    large: ['event'],
  },
  {
    name: 'kept_replies',
    columns: ['workspace', 'principal', 'key', 'fingerprint', 'status', 'body', 'at_ms'],
    key: ['workspace', 'principal', 'key'],
    large: ['body'],
  },
];
