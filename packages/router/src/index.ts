export { compileRouter, type Router } from './router.ts';
export type { MatchInput, Params, RouteMatch, RouteResult } from './route-result.ts';
export { PATTERN_SEGMENTS_MAX } from './pattern.ts';
