import { createHash } from 'node:crypto';
import { ServiceError, type ServiceContext } from '@gatehouse/services';
import { forgetReplies, keepReply, keptReply } from '@gatehouse/store';

export interface KeptReply {
  readonly status: number;
  readonly body: string;
  readonly revision?: number | undefined;
}

interface Asked {
  /** Of the `Idempotency-Key`. */
  readonly key: string;
  /** All that makes it another request. */
  readonly request: string;
}

const KEPT_MS = 86_400_000;
/** Those that are under way here, by workspace, principal and key. */
const underWay = new Set<string>();

/** The same key with the same request gets the reply of the first time. What is kept is encrypted: it may show a key. */
export async function replyOnce(
  ctx: ServiceContext,
  { key, request }: Asked,
  reply: () => Promise<KeptReply>,
): Promise<KeptReply> {
  if (key.length < 1 || key.length > 255)
    throw new ServiceError('admin.invalid', 'an Idempotency-Key has 1 to 255 characters');
  const name = { workspace: ctx.workspace, principal: ctx.principal.id, key };
  const place = JSON.stringify(['reply', name]);
  if (underWay.has(place)) throw new ServiceError('admin.conflict', 'the first request with this key is under way');
  underWay.add(place);
  try {
    const fingerprint = createHash('sha256').update(request).digest('hex');
    const known = await ctx.database.read(async (sql) => keptReply(sql, name));
    if (known !== undefined && known.fingerprint !== fingerprint) {
      throw new ServiceError('admin.key_mismatch', 'the key was used for another request, choose a new one');
    }
    if (known !== undefined) return { status: known.status, body: ctx.cipher.decrypt(known.body, place) };
    const given = await reply();
    const body = ctx.cipher.encrypt(given.body, place);
    await ctx.database.write('house', async (sql) => {
      await forgetReplies(sql, ctx.clock.now() - KEPT_MS);
      await keepReply(sql, name, { status: given.status, body, fingerprint, atMs: ctx.clock.now() });
    });
    return given;
  } finally {
    underWay.delete(place);
  }
}
