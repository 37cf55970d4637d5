export { compileRouter, type MatchInput, type RouteMatch, type Router, type RouteResult } from './router.ts';
