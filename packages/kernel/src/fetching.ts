export { fetchOutside, type Fetched, type FetchOptions } from './fetching/fetch-outside.ts';
export {
  FetchRules,
  type FetchBounds,
  type FetchHost,
  type FetchPlace,
  type FetchProblem,
  type Resolve,
} from './fetching/fetch-rules.ts';
export { resolveName } from './fetching/resolve-name.ts';
