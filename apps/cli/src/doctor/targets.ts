import { promises as dns } from 'node:dns';
import type { DiscoverySpec, EndpointSpec, Snapshot } from '@gatehouse/config';

/** Somebody whom the gate will ask. */
export interface Target extends Pick<
  EndpointSpec,
  'id' | 'tls' | 'host' | 'port' | 'authority' | 'serverName' | 'tlsWith' | 'http2'
> {
  /** Those of one group stand in for each other. */
  readonly group: string;
  readonly path: string;
}

/** All of a configuration, each once; names that are looked up as what they lead to now. */
export async function targetsOf({ upstreams, ai }: Snapshot): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const { name, endpoints, health, discovery = [] } of Object.values(upstreams)) {
    const group = `upstream ${name}`;
    for (const endpoint of endpoints) targets.push(targetOf(endpoint, { group, path: health?.path }));
    for (const spec of discovery) targets.push(...(await discovered(spec, { group, path: health?.path })));
  }
  for (const { name, kind, endpoint } of Object.values(ai?.providers ?? {})) {
    if (kind !== 'demo') targets.push(targetOf(endpoint, { group: `provider ${name}`, path: undefined }));
  }
  return [
    ...new Map(targets.map((target) => [`${target.group} ${target.id} ${target.tlsWith?.id ?? ''}`, target])).values(),
  ];
}

interface Belonging {
  readonly group: string;
  readonly path: string | undefined;
}

function targetOf(endpoint: EndpointSpec, { group, path }: Belonging): Target {
  return { ...endpoint, group, path: endpoint.basePath + (path ?? '') || '/' };
}

interface Place {
  readonly name: string;
  readonly port: number;
}

const ADDRESSES_MAX = 16;

/** As what its name leads to now. One that leads nowhere stays a name, which is found again when it is connected to. */
async function discovered(spec: DiscoverySpec, { group, path }: Belonging): Promise<readonly Target[]> {
  const { tls, authority, basePath, tlsWith, http2 } = spec;
  const serverName = /^(.*?)(?::\d+)?$/.exec(authority)?.[1] ?? authority;
  return (await placesOf(spec)).map(({ name, port }) => ({
    id: `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`,
    tls,
    host: name,
    port,
    authority,
    serverName,
    group,
    path: basePath + (path ?? '') || '/',
    ...(tlsWith !== undefined && { tlsWith }),
    ...(http2 !== undefined && { http2 }),
  }));
}

async function placesOf({ name, type, port }: DiscoverySpec): Promise<readonly Place[]> {
  const isService = type === 'SRV' || (type === 'auto' && name.startsWith('_'));
  const family = type === 'A' ? 4 : type === 'AAAA' ? 6 : 0;
  const found: readonly Place[] = isService
    ? await dns.resolveSrv(name).catch(() => [])
    : await dns.lookup(name, { all: true, family }).then(
        (all) => all.map(({ address }) => ({ name: address, port })),
        () => [],
      );
  return found.length > 0 ? found.slice(0, ADDRESSES_MAX) : [{ name, port }];
}
