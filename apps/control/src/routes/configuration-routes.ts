import {
  APPLY_PERMISSION,
  applyConfig,
  CONFIGURATION,
  driftOf,
  exportConfig,
  PLAN_PERMISSION,
  planConfig,
  releaseSource,
} from '@gatehouse/services';
import { idOf } from './entity-routes.ts';
import type { Route } from './route.ts';

const tag = 'configuration';

/** A workspace as a gatehouse.yaml, both ways. */
export const CONFIGURATION_ROUTES: readonly Route[] = [
  {
    tag,
    method: 'GET',
    path: '/workspaces/{workspace}/configuration',
    operationId: 'exportConfiguration',
    summary: 'What is served of the workspace, as a gatehouse.yaml; secrets stand as variables.',
    permission: PLAN_PERMISSION,
    replies: { 200: 'It, with its documents, and what a gatehouse.yaml has no words for.' },
    handle: async (ctx) => ({ status: 200, body: { ...(await exportConfig(ctx)) } }),
  },
  {
    tag,
    method: 'POST',
    path: '/workspaces/{workspace}/configuration/plan',
    operationId: 'planConfiguration',
    summary: 'What an apply of a gatehouse.yaml would do, and what becomes of requests. Nothing is changed.',
    permission: PLAN_PERMISSION,
    body: CONFIGURATION,
    once: true,
    replies: { 200: 'Changes, what they mean, and what stands in their way.' },
    handle: async (ctx, { body }) => ({ status: 200, body: { ...(await planConfig(ctx, body)) } }),
  },
  {
    tag,
    method: 'POST',
    path: '/workspaces/{workspace}/configuration/apply',
    operationId: 'applyConfiguration',
    summary:
      'Makes the workspace what a gatehouse.yaml says, all of it or nothing. What it does not name, and never did, is left alone.',
    permission: APPLY_PERMISSION,
    body: CONFIGURATION,
    replies: { 200: 'What was changed.' },
    handle: async (ctx, { body }) => {
      const { result, enforcement } = await applyConfig(ctx, body);
      return { status: 200, body: { ...result }, enforcement };
    },
  },
  {
    tag: 'sources',
    method: 'GET',
    path: '/workspaces/{workspace}/sources/{id}/drift',
    operationId: 'listDrift',
    summary: 'What of what a source owns is not as it was applied.',
    permission: 'sources:read',
    replies: { 200: 'None where `drift` is empty.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { ...(await driftOf(ctx, idOf(params))) } }),
  },
  {
    tag: 'sources',
    method: 'POST',
    path: '/workspaces/{workspace}/sources/{id}/release',
    operationId: 'releaseSource',
    summary: 'Forgets a source; what it owned stays as it is, and people may change it.',
    permission: APPLY_PERMISSION,
    replies: { 200: 'How much it owned.' },
    handle: async (ctx, { params }) => {
      const { result, enforcement } = await releaseSource(ctx, idOf(params));
      return { status: 200, body: { ...result }, enforcement };
    },
  },
];
