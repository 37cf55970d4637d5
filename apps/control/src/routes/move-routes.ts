import { kindOf, moveEntity, MOVES, type Move } from '@gatehouse/services';
import { idOf, kindPath, written } from './entity-routes.ts';
import type { Route } from './route.ts';

/** What is done with entities: publish, approve, revoke … */
export const MOVE_ROUTES: readonly Route[] = MOVES.map(routeOf);

function routeOf(move: Move): Route {
  const kind = kindOf(move.kind);
  const event = move.event.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return {
    tag: kind.plural,
    method: 'POST',
    path: `${kindPath(kind)}/{id}/${move.event}`,
    operationId: `${event}${kind.kind.replace(/^./, (letter) => letter.toUpperCase())}`,
    summary: move.summary,
    permission: `${kind.plural}:${move.permission ?? move.event}`,
    body: move.input,
    replies: { 200: 'As it is now.' },
    handle: async (ctx, { params, body, revision }) =>
      written(
        200,
        await moveEntity(ctx, { move, moves: MOVES }, { kind: move.kind, id: idOf(params), body, revision }),
      ),
  };
}
