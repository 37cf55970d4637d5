import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { formatAddress, requireApart, requireFree, type Address } from '../address.ts';
import { tlsAddress } from '../tls-address.ts';
import { doubtful, fine, reasonOf, verdictOf, wrong, type Verdict } from './finding.ts';
import type { Scene } from './scene.ts';

type Place = 'gateway' | 'tls' | 'status' | 'console';

/** Whether a start could listen there, or the gate that runs does. Nothing to say where nobody would. */
export async function portVerdicts(scene: Scene, place: Place): Promise<readonly Verdict[]> {
  const places = await placesOf(scene);
  const own = places.get(place);
  if (own === undefined) return [];
  const before = [...places.values()].slice(0, [...places.keys()].indexOf(place));
  const apart = await verdictOf(() => {
    for (const other of before) requireApart(other, own);
    return '';
  });
  return [apart.level === 'ok' ? await useOf(own, scene) : apart];
}

/** In the order in which they are told. */
async function placesOf(scene: Scene): Promise<ReadonlyMap<Place, Address>> {
  const { listen, listenTls, status, control } = scene.options;
  const tls = tlsAddress(await scene.snapshot(), listenTls);
  const all = [
    ['gateway', listen],
    ['tls', tls],
    ['status', status],
    ['console', control],
  ] as const;
  return new Map(all.flatMap(([name, address]) => (address === undefined ? [] : [[name, address] as const])));
}

async function useOf(address: Address, { holder }: Scene): Promise<Verdict> {
  const where = formatAddress(address);
  const isFree = await requireFree(address).then(
    () => undefined,
    (error: unknown) => reasonOf(error),
  );
  if (holder === undefined) return isFree === undefined ? fine(`${where} is free`) : wrong(isFree);
  if (address.port === 0) return fine(`${where}: any port that was free, which only the gate’s log says`);
  if (isFree === undefined)
    return doubtful(
      `${where} is free: the gate that runs here listens elsewhere; give the ${address.option} that it was started with`,
    );
  const isOurs = holder.pid === undefined ? undefined : listensOn(holder.pid, address.port);
  return isOurs === false ? wrong(isFree) : fine(`${where} is in use by the gate that runs here`);
}

/** Linux's word for a socket that waits for connections. */
const LISTENING = '0A';

/** Whether a process has a socket that listens on the port; undefined where the system does not say. */
export function listensOn(pid: number, port: number): boolean | undefined {
  try {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    const listening = new Set(
      ['tcp', 'tcp6'].flatMap((table) =>
        readFileSync(`/proc/${pid}/net/${table}`, 'latin1')
          .split('\n')
          .map((line) => line.trim().split(/\s+/))
          .filter(([, local, , state]) => state === LISTENING && local?.endsWith(`:${hex}`) === true)
          .map((fields) => `socket:[${fields[9] ?? ''}]`),
      ),
    );
    return readdirSync(`/proc/${pid}/fd`).some((fd) => listening.has(linkOf(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return undefined; // another system, or another user's process
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // closed since
  }
}
