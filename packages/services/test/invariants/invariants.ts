import { isDeepStrictEqual } from 'node:util';
import { sha256Hex } from '@gatehouse/kernel';
import { findEntity, type Entity } from '@gatehouse/store';
import { expect } from 'vitest';
import { allCallers, composeConfig, MOVES } from '../../src/index.ts';
import { RecordingGate } from './recording-gate.ts';
import type { Done } from './steps.ts';
import { DAY_MS, TERMS, type Snapshot, type World } from './world.ts';

/** Looks at what a step has done. `kept`: what it wants to remember of a course, its own alone. */
export type Invariant = (done: Done, world: World, kept: Map<string, unknown>) => Promise<void> | void;

const ofKind = ({ entities }: Snapshot, kind: string): readonly Entity[] =>
  [...entities.values()].filter((entity) => entity.kind === kind);
const appeared = ({ before, after }: Done, kind: string): readonly Entity[] =>
  ofKind(after, kind).filter(({ id }) => !before.entities.has(id));
const changed = ({ before, after }: Done): readonly Entity[] =>
  [...after.entities.values()].filter((entity) => !isDeepStrictEqual(before.entities.get(entity.id), entity));
const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const objectsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
const momentOf = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

const LIVE = ['pending', 'info_required', 'scheduled', 'active'];
const TERMINAL: Readonly<Record<string, readonly string[]>> = {
  subscription: ['revoked', 'rejected', 'withdrawn', 'lapsed'],
  credential: ['revoked', 'leaked', 'retired', 'expired'],
  application: ['archived'],
  version: ['archived'],
  plan: ['closed'],
  approval: ['approved', 'rejected', 'withdrawn', 'lapsed'],
  deployment: ['removed', 'rolled_back'],
};
const GRACE_DAYS = 30;

function lifecycleOf(entity: Entity | undefined): Readonly<Record<string, unknown>> {
  const lifecycle = entity?.data['lifecycle'];
  return typeof lifecycle === 'object' && lifecycle !== null ? { ...lifecycle } : {};
}

function entryOf(world: World, version: Entity): unknown {
  return world.gate.served.apis[`users-${version.name}`];
}

/** Moves that are at stake, by the number of the invariant: they come up more often. */
export const FOCUS: Readonly<Record<string, readonly string[]>> = {
  '3': ['subscription.pause', 'subscription.stop', 'subscription.cancel', 'credential.revoke', 'application.suspend'],
  '4': ['plan.deprecate', 'plan.close', 'create application', 'create subscription', 'create subscription'],
  '5': ['version.deprecate', 'create application', 'create subscription', 'create subscription'],
  '6': ['version.deprecate', 'version.deprecate', 'version.undeprecate'],
  '7': ['version.deprecate'],
  '9': [
    'approval.approve',
    'subscription.approve',
    'revision.approve',
    'version.suspend',
    'version.resume',
    'patch',
    'create revision',
    'revision.approve',
    'approval.approve',
  ],
  '10': ['subscription.cancel', 'subscription.reject', 'application.archive'],
  '11': ['subscription.cancel', 'subscription.restore', 'subscription.change-plan', 'approval.approve'],
  '13': [
    'version.deprecate',
    'version.suspend',
    'version.resume',
    'approval.approve',
    'approval.approve',
    'application.suspend',
    'application.resume',
  ],
  '14': ['version.deprecate', 'version.retire', 'approval.approve'],
  '17': ['credential.report-leak', 'credential.revoke', 'subscription.revoke', 'subscription.restore'],
};

/** By the numbers of the reference. What each is worth was tried by mutations of the code, which are named. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  // Seen to fail when `#tell` leaves out the outbox for some actions.
  '1: a change is its rows, its audit and its events, or nothing': (done) => {
    const { before, after, error } = done;
    if (error !== undefined) expect({ ...after, nowMs: 0 }).toEqual({ ...before, nowMs: 0 });
    const audits = after.audits.slice(before.audits.length).map(({ entity }) => entity);
    const events = after.events.filter(({ topic }) => topic !== 'approval.ask').length;
    expect(events - before.events.filter(({ topic }) => topic !== 'approval.ask').length).toBe(audits.length);
    for (const { id } of changed(done)) expect(audits).toContain(id);
    for (const id of before.entities.keys()) if (!after.entities.has(id)) expect(audits).toContain(id);
  },
  // Seen to fail when moves of versions do not call `touchGates`, and when `#serve` forgets what was before.
  '2: gates enforce all of what is stored when a change is answered': async (_, { house, gate }) => {
    const fresh = new RecordingGate();
    const config = await house.database.read(async (sql) => composeConfig(sql, house));
    await house.database.read(async (sql) => fresh.replaceCallers(allCallers(sql)));
    expect(gate.config).toEqual(config);
    const sorted = <T>(map: ReadonlyMap<string, T>): unknown =>
      [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, JSON.stringify(value)]);
    expect(sorted(gate.applications)).toEqual(sorted(fresh.applications));
    expect(sorted(gate.credentials)).toEqual(sorted(fresh.credentials));
  },
  // Seen to fail when `isServed` does not look at `paused`, and when nothing expires subscriptions.
  '3: what is revoked, paused, stopped, cancelled or expired passes at no gate': ({ after }, { gate }) => {
    const subscriptions = ofKind(after, 'subscription');
    for (const { sha256, plan, product } of gate.passages(after.nowMs)) {
      const key = ofKind(after, 'credential').find(({ lookup }) => lookup === sha256);
      expect(['active', 'rotating']).toContain(key?.state);
      expect(after.entities.get(key?.parent ?? '')?.state).toBe('active');
      const by = subscriptions.filter(
        ({ parent, state, data }) =>
          parent === key?.parent && state === 'active' && data['plan'] === plan && data['api'] === product,
      );
      const runs = by.filter(
        ({ data }) =>
          data['paused'] !== true && data['stopped'] !== true && !(momentOf(data['expiresAt']) <= after.nowMs),
      );
      expect(runs.length).toBeGreaterThan(0);
    }
  },
  // Seen to fail when GRANTED holds `closed`.
  '4: nobody is served by a plan in staging or closed, and deprecated ones take nobody new': (done, { gate }) => {
    const states = new Map(ofKind(done.after, 'plan').map(({ name, state }) => [name, state]));
    for (const { plan } of gate.passages(done.after.nowMs))
      expect(['published', 'deprecated']).toContain(states.get(plan));
    for (const { data } of appeared(done, 'subscription')) expect(states.get(String(data['plan']))).toBe('published');
  },
  // Seen to fail when `requireOpenVersion` does not look at the version that is named, and when OPEN holds `deprecated`.
  '5: deprecated, suspended and retired versions take nobody new': (done) => {
    const open = ofKind(done.before, 'version').filter(({ state }) => state === 'published' || state === 'preview');
    for (const { data } of appeared(done, 'subscription')) {
      const wanted = open.filter(({ name }) => (data['version'] ?? name) === name);
      expect(wanted.length).toBeGreaterThan(0);
    }
  },
  // Seen to fail when `deprecate` does not compare with the sunset before, and when GRACE_DAYS_LEAST is 10.
  '6: an end leaves its grace, and once announced only moves later': ({ before, after }) => {
    for (const version of ofKind(after, 'version')) {
      const { deprecated, sunset } = lifecycleOf(version);
      if (sunset === undefined) continue;
      expect(momentOf(sunset)).toBeGreaterThanOrEqual(momentOf(deprecated) + GRACE_DAYS * DAY_MS);
      const old = momentOf(lifecycleOf(before.entities.get(version.id))['sunset']);
      if (!Number.isNaN(old)) expect(momentOf(sunset)).toBeGreaterThanOrEqual(old);
    }
  },
  // Seen to fail when `deprecate` swaps the two.
  '7: what gates announce as the end is never before what they announce as deprecation': (_, { gate }) => {
    for (const { policies } of Object.values(gate.served.apis)) {
      for (const { lifecycle } of policies) {
        if (lifecycle === undefined) continue;
        expect(momentOf(lifecycle['deprecated'])).toBeLessThanOrEqual(momentOf(lifecycle['sunset']));
      }
    }
  },
  // Seen to fail when the spec of the version is served instead, and when a review writes into `document`.
  '8: a sealed revision never changes, and is served bit by bit as before': ({ after }, world, kept) => {
    for (const { id, data } of ofKind(after, 'revision')) {
      const sealed = JSON.stringify([data['hash'], data['spec'], data['document']]);
      if (!kept.has(id)) kept.set(id, sealed);
      expect(sealed).toBe(kept.get(id));
    }
    for (const version of ofKind(after, 'version')) {
      if (version.state !== 'published' || Object.keys(lifecycleOf(version)).length > 0) continue;
      const key = `served ${String(version.data['deployed'])}`;
      const entry = JSON.stringify(entryOf(world, version));
      if (!kept.has(key)) kept.set(key, entry);
      expect(entry).toBe(kept.get(key));
    }
  },
  // Seen to fail when `voteRefusal` leaves out hands, programs, or who has voted.
  '9: nobody decides about what is their own, nobody counts twice, and no program is last': (done, _, kept) => {
    const edited = (version: string): readonly string[] => textsIn(kept.get(version));
    if (done.name === 'patch' && done.error === undefined && done.target !== undefined)
      kept.set(done.target.id, [...edited(done.target.id), done.by.id]);
    for (const { id, parent } of appeared(done, 'revision')) kept.set(id, edited(parent));
    for (const { id, state, data } of ofKind(done.after, 'approval')) {
      const votes = objectsIn(data['votes']).filter(({ who }) => who !== 'rule');
      const people = votes.filter(({ who }) => who === 'person').map(({ by }) => String(by));
      expect(new Set(people).size).toBe(people.length);
      const before = done.before.entities.get(id);
      const fresh = objectsIn(data['votes']).slice(objectsIn(before?.data['votes']).length);
      for (const { who, by } of fresh) {
        if (who === 'person') expect([...textsIn(data['hands']), data['requestedBy'], 'system']).not.toContain(by);
      }
      if (state !== 'approved') continue;
      const agreed = votes.filter(({ decision }) => decision === 'approve');
      expect(agreed.length).toBeGreaterThanOrEqual(Number(data['humans']));
      if (agreed.length > 0) expect(agreed.at(-1)?.['who']).toBe('person');
      const rules = objectsIn(data['votes']).filter(({ who }) => who === 'rule');
      if (agreed.length === 0) expect(rules.at(-1)?.['decision']).toBe('approve');
    }
    for (const { id, state, data } of ofKind(done.after, 'revision')) {
      if (state !== 'approved' && state !== 'deployed') continue;
      const reviewers = objectsIn(data['reviews']).map(({ by }) => String(by));
      expect(reviewers.length).toBeGreaterThan(0);
      for (const by of reviewers) expect([data['author'], ...edited(id)]).not.toContain(by);
    }
  },
  // Seen to fail when `archive` leaves credentials alone, and when `isServed` lets `cancelled` pass.
  '10: what has ended owns nothing that lives': ({ after }, { gate }) => {
    for (const application of ofKind(after, 'application').filter(({ state }) => state === 'archived')) {
      expect(gate.applications.has(application.id)).toBe(false);
      for (const { parent, state } of [...ofKind(after, 'credential'), ...ofKind(after, 'subscription')]) {
        if (parent === application.id) expect([...LIVE, 'rotating']).not.toContain(state);
      }
    }
    for (const { id, parent, state, data } of ofKind(after, 'subscription')) {
      if (LIVE.includes(state)) continue;
      const open = ofKind(after, 'approval').filter((each) => each.parent === id && each.state === 'waiting');
      expect(open).toEqual([]);
      const text = gate.applications.get(parent) ?? '{"subscriptions":[]}';
      const same = ofKind(after, 'subscription').filter(
        (each) => each.parent === parent && each.state === 'active' && each.data['plan'] === data['plan'],
      );
      if (same.length === 0) expect(text).not.toContain(`"plan":"${String(data['plan'])}"`);
    }
  },
  // Seen to fail when `requireOnly` is left out of the request, of `renew` and of a plan change.
  '11: an application is subscribed to an api under a plan once': ({ after }) => {
    const live = ofKind(after, 'subscription').filter(({ state }) => LIVE.includes(state));
    const places = live.map(({ parent, data }) => JSON.stringify([parent, data['api'], data['plan']]));
    expect(new Set(places).size).toBe(places.length);
  },
  // Seen to fail when `acceptedTerms` hashes anything else.
  '12: who accepted which terms is kept with the subscription': (done) => {
    for (const { data } of appeared(done, 'subscription')) {
      if (data['plan'] !== 'legal') continue;
      const at = new Date(done.after.nowMs).toISOString();
      expect(data['terms']).toEqual({ sha256: sha256Hex(TERMS), by: done.by.id, at });
    }
  },
  // Seen to fail when `resume` always leads to `published`.
  '13: what is suspended and resumed is exactly what it was': ({ before, after }, _, kept) => {
    for (const { kind, id, parent, state } of before.entities.values()) {
      const now = after.entities.get(id);
      if (now === undefined || (kind !== 'version' && kind !== 'application')) continue;
      if (now.state === 'suspended' && state !== 'suspended')
        kept.set(id, [state, lifecycleOf(before.entities.get(id))]);
      if (state === 'suspended' && now.state !== 'suspended' && now.state !== 'archived')
        expect([now.state, lifecycleOf(now)]).toEqual(kept.get(id));
      expect(now.parent).toBe(parent);
      const turned = (now.state === 'suspended') !== (state === 'suspended') && now.state !== 'archived';
      if (kind !== 'application' || !turned) continue;
      const children = ({ entities }: Snapshot): unknown =>
        [...entities.values()].filter((entity) => entity.parent === id);
      expect(children(after)).toEqual(children(before));
    }
  },
  // Seen to fail when SERVED does not hold `retired`, and when an approval does not look at the end once more.
  '14: a retired version is served as gone, with what follows, and never as unknown': ({ after }, world) => {
    for (const version of ofKind(after, 'version').filter(({ state }) => state === 'retired')) {
      const { policies = [] } = world.gate.served.apis[`users-${version.name}`] ?? {};
      const lifecycle = policies.find((policy) => policy['lifecycle'] !== undefined)?.['lifecycle'];
      expect(momentOf(lifecycle?.['sunset'])).toBeLessThanOrEqual(after.nowMs);
      expect(lifecycle?.['successor']).toBe('https://example.com/next');
    }
  },
  // Seen to fail when `requireNobodyNeeds` or `requireNobodyNames` is left out.
  '15: nothing is left that belongs to what is gone': ({ after }) => {
    const names = new Set(ofKind(after, 'plan').map(({ name }) => name));
    for (const { kind, parent, data } of after.entities.values()) {
      if (parent !== '' && kind !== 'approval') expect(after.entities.has(parent)).toBe(true);
      if (typeof data['team'] === 'string') expect(after.entities.has(data['team'])).toBe(true);
      if (kind === 'subscription') expect(names).toContain(data['plan']);
    }
  },
  // Seen to fail when `moveEntity` does not look at the revision that was seen.
  '16: the same once more does nothing, and what is not possible says what is': async (done, world) => {
    const { name, target, error, after } = done;
    if (error?.code === 'admin.illegal' && error.facts['allowed'] !== undefined && target !== undefined) {
      const allowed = MOVES.filter(({ kind, from }) => kind === target.kind && from.includes(target.state));
      const said = textsIn(error.facts['allowed']);
      if (said.length > 0) expect(said).toEqual(allowed.map(({ event }) => event));
    }
    if (error !== undefined || !MOVES.some(({ kind, event }) => name === `${kind}.${event}`)) return;
    await expect(done.again()).rejects.toMatchObject({
      code: expect.stringMatching(/^admin\.(?:stale|illegal|forbidden)$/),
    });
    expect(await world.look()).toEqual(after);
  },
  // Seen to fail when `restore` leads out of `revoked`, and `revoke` out of `leaked`.
  '17: what has ended for good stays so': async ({ before, after }, { house }) => {
    for (const { kind, id, state, workspace } of before.entities.values()) {
      if (TERMINAL[kind]?.includes(state) !== true || !after.entities.has(id)) continue;
      const now = await house.database.read(async (sql) => findEntity(sql, { workspace, kind, id }));
      expect(now?.state).toBe(state);
    }
  },
};
