import { requireEntity } from '../entities/entity-verbs.ts';
import { requirePermissionOn, requireSomewhere } from '../entities/permission-on.ts';
import { kindOf } from '../kinds/kinds.ts';
import { findEntity } from '@gatehouse/store';
import { orderedId } from '../ordered-id.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { sendParcel, targetsOf } from './contact.ts';
import { mailOf, slackOf, type AlertMessage } from './message.ts';

/** What became of a test, for each address. */
export interface Tested {
  readonly delivered: boolean;
  readonly results: readonly {
    /** A mail address; left out for webhooks. */
    readonly to?: string | undefined;
    readonly delivered: boolean;
    /** What was said instead. */
    readonly error?: string;
    readonly tookMs: number;
  }[];
}

/** Sends a message that says it is a test, now, and says what became of it. */
export async function testContact(ctx: ServiceContext, id: string): Promise<Tested> {
  requireSomewhere(ctx, kindOf('contact'), 'test');
  const { contact, workspace } = await ctx.database.read(async (sql) => {
    const entity = await requireEntity(sql, ctx, { kind: 'contact', id });
    await requirePermissionOn(ctx, sql, { entity, verb: 'test' });
    return {
      contact: entity,
      workspace: await findEntity(sql, { workspace: '', kind: 'workspace', id: ctx.workspace }),
    };
  });
  const targets = targetsOf(contact);
  if (targets.length === 0) throw new ServiceError('admin.illegal', 'it is disabled: nothing would be sent');
  const message: AlertMessage = {
    state: 'test',
    rule: { kind: 'contact', id, name: contact.name, severity: 'info' },
    workspace: workspace?.name ?? ctx.workspace,
    text: `${ctx.principal.name} tries whether this contact can be reached.`,
    keys: [],
    more: 0,
  };
  const parcel = { type: 'contact.test', mail: mailOf(message), slack: slackOf(message), data: { ...message } };
  const results = await Promise.all(
    targets.map(async (target) => {
      const atMs = ctx.clock.now();
      const sending = { ...target, workspace: contact.workspace, id: `evt_${orderedId(atMs)}`, atMs, parcel };
      const begun = ctx.clock.monotonic();
      const error = await failureOf(ctx, sending);
      const tookMs = Math.round(ctx.clock.monotonic() - begun);
      return {
        ...(target.to !== undefined && { to: target.to }),
        delivered: error === undefined,
        ...(error !== undefined && { error }),
        tookMs,
      };
    }),
  );
  return { delivered: results.every(({ delivered }) => delivered), results };
}

async function failureOf(ctx: ServiceContext, sending: Parameters<typeof sendParcel>[2]): Promise<string | undefined> {
  const { senders } = ctx;
  if (senders === undefined) return 'nothing is sent from here';
  try {
    await sendParcel(ctx, senders, sending);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).slice(0, 500);
  }
}
