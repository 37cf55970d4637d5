import { entitySpotter } from '@gatehouse/ai';
import { GatehouseError } from '@gatehouse/kernel';
import type { CredentialBook, PolicyRuntime } from '@gatehouse/policies';
import type { UpstreamGroup } from '@gatehouse/upstream';
import { derivedSecret } from './gate-secret.ts';
import type { House } from './house.ts';

/** What a snapshot adds to what a worker keeps. */
export interface SnapshotParts {
  readonly credentials: CredentialBook;
  readonly upstreamOf: (name: string) => UpstreamGroup | undefined;
}

/** The surroundings of policies: a worker's own things, joined with those of one snapshot. */
export function policyRuntime(house: House, { credentials, upstreamOf }: SnapshotParts): PolicyRuntime {
  return {
    clock: house.clock,
    log: house.log,
    kept: house.kept,
    observed: (observation) => house.observed(observation),
    random: house.random,
    later: (ms, run) => {
      const timer = setTimeout(run, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
    state: <T>(name: string, make: () => T): T => {
      const known = house.policyStates.get(name);
      if (known !== undefined) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was made under this name
        return known as T;
      }
      const made = make();
      house.policyStates.set(name, made);
      return made;
    },
    ask: async (request) => house.asker.ask(request),
    askUpstream: async (request) => {
      const group = upstreamOf(request.upstream);
      if (group === undefined) throw new GatehouseError('gateway.internal', 'there is no such upstream');
      return house.asker.askUpstream(request, group);
    },
    secret: (purpose) => derivedSecret(house.secret, purpose),
    credentials,
    spotter: entitySpotter,
    keepBody: (body) => house.keepBody(body),
    cache: house.cache,
  };
}
