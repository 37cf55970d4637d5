import { deleteEntity, eachEntity, findEntity, lookUpEntity, type Entity, type Statements } from '@gatehouse/store';
import { write } from '../entities/write.ts';
import type { ServiceContext } from '../service-context.ts';
import { elsewhereIn, identityLookup, openedToken } from './elsewhere.ts';
import { SYSTEM } from './principals.ts';
import { privateRows } from './private-row.ts';
import { endSessions, requireSession } from './sessions.ts';

export interface SignedOut {
  /** The directory that it was opened at. */
  readonly directory: string | undefined;
  /** The id token of that sign-in. */
  readonly token: string | undefined;
}

/** Ends the session of whoever asks, and says where else there is one to end. */
export async function signOut(ctx: ServiceContext): Promise<SignedOut> {
  const { id } = requireSession(ctx);
  const session = await ctx.database.read(async (sql) => findEntity(sql, { workspace: '', kind: 'session', id }));
  await endSessions(ctx, { user: ctx.principal.id, id });
  const { directory, token } = elsewhereIn(session);
  return {
    directory: typeof directory === 'string' ? directory : undefined,
    token: openedToken(ctx, token),
  };
}

export interface EndedElsewhere {
  readonly directory: string;
  readonly issuer: string;
  /** Whose sessions; undefined: whoever's `sid` it is. */
  readonly subject: string | undefined;
  /** Which of them; undefined: all that were opened at this directory. */
  readonly sid: string | undefined;
}

/** A directory says that somebody has signed out there: ends here what began there. Answers how many sessions that were. */
export async function signOutExternal(ctx: ServiceContext, ended: EndedElsewhere): Promise<number> {
  const { result } = await write({ ...ctx, principal: SYSTEM }, async (own) => {
    const rows = await sessionsOf(own.sql, ended);
    for (const row of rows) await deleteEntity(own.sql, row);
    for (const id of new Set(rows.map(({ parent }) => parent))) {
      const user = await findEntity(own.sql, { workspace: '', kind: 'user', id });
      if (user !== undefined) await own.note(user, 'sessions_ended');
    }
    return rows.length;
  });
  return result;
}

async function sessionsOf(sql: Statements, ended: EndedElsewhere): Promise<readonly Entity[]> {
  const { directory, issuer, subject, sid } = ended;
  const isMeant = (row: Entity): boolean => {
    const kept = elsewhereIn(row);
    return kept.directory === directory && (sid === undefined || kept.sid === sid);
  };
  if (subject !== undefined) {
    const identity = await lookUpEntity(sql, 'identity', identityLookup(issuer, subject));
    return identity === undefined ? [] : (await privateRows(sql, 'session', identity.parent)).filter(isMeant);
  }
  const found: Entity[] = [];
  if (sid === undefined) return found;
  for await (const row of eachEntity(sql, 'session')) if (isMeant(row)) found.push(row);
  return found;
}
