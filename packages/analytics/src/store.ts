/** The second door: stores, and how they are filled. Whoever only asks needs none of it. */
export type {
  AnalyticsStore,
  Appended,
  Batch,
  BodiesOf,
  ExportOrder,
  Hole,
  Keep,
  Reached,
  StoredBody,
  StoreFacts,
} from './analytics-store.ts';
export { openStore, type StoreOptions } from './open-store.ts';
export { Shipper, type ShipperFacts, type ShipperOptions } from './shipping/shipper.ts';
