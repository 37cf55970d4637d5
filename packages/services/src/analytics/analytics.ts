import type {
  Aggregates,
  Aggregation,
  BodiesOf,
  ExportOrder,
  RecordPage,
  Scope,
  Search,
  StoredRecord,
} from '@gatehouse/analytics';

/** What there is to know of calls, wherever records are kept. */
export interface Analytics {
  aggregate(query: Aggregation): Promise<Aggregates>;
  search(query: Search): Promise<RecordPage>;
  find(id: string, scope?: Scope): Promise<StoredRecord | undefined>;
  /** What was kept of the bodies of a call, opened. */
  bodies(of: BodiesOf): Promise<readonly ShownBody[]>;
  export(order: Omit<ExportOrder, 'file'>): Promise<ExportedRecords>;
  /** Records as they come, from now on, as lines of JSON. */
  follow(query: Pick<Search, 'where' | 'scope'>): AsyncIterable<StoredRecord>;
}

export interface ShownBody {
  readonly side: 'request' | 'response';
  /** Media type; '' where none was named. */
  readonly type: string;
  /** As they passed, all of them. */
  readonly bytes: number;
  /** Not all of it is kept. */
  readonly cut: boolean;
  /** Why it was kept, and the fields of its head; left out where the key that sealed it is not ours. */
  readonly head?: Readonly<Record<string, unknown>>;
  readonly text?: string;
}

/** A file, to be read once. */
export interface ExportedRecords {
  readonly records: number;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}
