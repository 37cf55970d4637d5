import type { KeptBody } from '@gatehouse/policies';
import { bodyLine, sealBody, type BodyKey } from '@gatehouse/record';

/** A body that a policy has captured and redacted, as the line that is spooled. */
export function sealedLine(kept: KeptBody, by: { readonly worker: number; readonly key: BodyKey }): string {
  const { exchange, side, type, bytes, cut, head, text } = kept;
  const { id } = exchange;
  const sealed = sealBody({ head, text }, { id, side }, by.key);
  return bodyLine({
    body: true,
    id,
    time: exchange.startedAt,
    worker: by.worker,
    side,
    type,
    bytes,
    cut,
    key: by.key.id,
    sealed,
  });
}
