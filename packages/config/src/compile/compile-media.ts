import { mediaHost } from '../forms/media-host.ts';
import { bytes, milliseconds } from '../forms/units.ts';
import type { MediaSource } from '../schema/media-schema.ts';
import type { MediaSpec } from '../snapshot.ts';

export function mediaSpec(media: MediaSource | undefined): MediaSpec | undefined {
  if (media?.fetch !== true) return undefined;
  return {
    bytesMax: bytes(media.maxBytes),
    timeoutMs: milliseconds(media.timeout),
    hosts: media.allowHosts.map(mediaHost),
    addresses: media.allowAddresses,
  };
}
