import type {
  Aggregates,
  Aggregation,
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
  export(order: Omit<ExportOrder, 'file'>): Promise<ExportedRecords>;
  /** Records as they come, from now on, as lines of JSON. */
  follow(query: Pick<Search, 'where' | 'scope'>): AsyncIterable<StoredRecord>;
}

/** A file, to be read once. */
export interface ExportedRecords {
  readonly records: number;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}
