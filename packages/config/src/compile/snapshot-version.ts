import { createHash } from 'node:crypto';
import type { Snapshot } from '../snapshot.ts';

/** The same for the same configuration, however it is written; tells nothing about keys of providers. */
export function snapshotVersion(snapshot: Omit<Snapshot, 'version'>): string {
  const providers = Object.entries(snapshot.ai?.providers ?? {}).map(([name, provider]) => {
    const { apiKey, apiKeys, aws } = provider;
    const hidden = {
      apiKey: apiKey && sha256(apiKey),
      apiKeys: apiKeys?.map((one) => ({ ...one, key: sha256(one.key) })),
      aws: aws && sha256(canonicalJson(aws)),
    };
    return [name, { ...provider, ...hidden }] as const;
  });
  const ai = snapshot.ai && { ...snapshot.ai, providers: Object.fromEntries(providers) };
  const tls = snapshot.gateway?.tls;
  const certificates = tls?.certificates.map(({ key, ...rest }) => ({ ...rest, key: sha256(key) }));
  const gateway = tls && { ...snapshot.gateway, tls: { ...tls, certificates } };
  return sha256(canonicalJson({ ...snapshot, ...(gateway && { gateway }), ai })).slice(0, 12);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Keys in the order of their characters, no spaces, nothing for `undefined`. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
