import type { CredentialSpec, SubscriptionSpec } from '@gatehouse/config';
import type { ErrorCode } from '@gatehouse/kernel';
import type { Identified, Reply, Step } from '@gatehouse/policies';
import type { CompiledRoute } from './compiled-route.ts';
import { presentedAiKey, presentedKey, takeKeys, takeOurKeys, type PresentedAiKey } from './credentials.ts';
import type { GateExchange } from './exchange.ts';
import type { KnownCaller, Program } from './program.ts';
import { whenSettled } from './when-settled.ts';

/** What follows once it is clear who calls, and that this one may. */
export interface IdentifyingOwner {
  readonly exchange: GateExchange;
  readonly program: Program;
  identified(credential: CredentialSpec | undefined, caller: KnownCaller): void;
  admit(route: CompiledRoute, subscription: SubscriptionSpec | undefined): void;
  answer(reply: Reply): void;
  /** `lines` are finished lines of the refusal. */
  refuse(code: ErrorCode, detail: string, lines: string): void;
}

type IdentifyStep = Step<'onIdentify'>;
const BEARER = 'www-authenticate: Bearer realm="gatehouse"\r\n';

/** Finds out who calls: by a key, or in the ways that a route's policies know. */
export function identify(owner: IdentifyingOwner, route: CompiledRoute): void {
  owner.program.hideSessions?.(owner.exchange);
  if (route.identify.length > 0) askInOrder(owner, route, 0);
  else if (route.spec.access === 'open') {
    takeKnownKeys(owner);
    owner.admit(route, undefined);
  } else byKey(owner, route);
}

function byKey(owner: IdentifyingOwner, route: CompiledRoute): void {
  const presented = presentedBy(owner, route);
  if (presented === undefined) {
    owner.refuse('auth.missing', 'send a key as Authorization: Bearer or X-API-Key', BEARER);
    return;
  }
  const credential = owner.program.credentials.key(presented.key);
  if (credential === undefined) {
    owner.refuse('auth.invalid', 'the key is not known here', BEARER);
    return;
  }
  takeKeys(owner.exchange.caller.head.fields, presented);
  owner.identified(credential, owner.program.callerOf(credential, route.spec.api));
  mayThatOne(owner, route, credential);
}

function presentedBy({ exchange }: IdentifyingOwner, { spec }: CompiledRoute): PresentedAiKey | undefined {
  const { fields } = exchange.caller.head;
  return spec.target.kind === 'upstream' ? presentedKey(fields) : presentedAiKey(fields, exchange.query);
}

/** Where none is needed, a key is the upstream's own business, unless it is one of ours. */
function takeKnownKeys({ exchange, program }: IdentifyingOwner): void {
  takeOurKeys(exchange.caller.head.fields, (key) => program.credentials.key(key) !== undefined);
}

function mayThatOne(owner: IdentifyingOwner, route: CompiledRoute, credential: CredentialSpec | undefined): void {
  const { access, api } = route.spec;
  if (credential?.expiresMs !== undefined && owner.exchange.startedAt >= credential.expiresMs) {
    owner.refuse('auth.expired', `the key \`${credential.name}\` has expired, use a newer one`, BEARER);
    return;
  }
  const subscription = credential?.subscriptions[api];
  if (access === 'subscribed' && subscription === undefined) {
    const who = credential === undefined ? 'the caller' : credential.application;
    owner.refuse('auth.not_subscribed', `${who} has no subscription to ${api}`, '');
    return;
  }
  owner.admit(route, subscription);
}

/** The first that was shown a credential of its kind decides. */
function askInOrder(owner: IdentifyingOwner, route: CompiledRoute, from: number): void {
  for (let at = from; at < route.identify.length; at++) {
    const step = route.identify[at];
    const answer = step?.run(owner.exchange);
    if (step === undefined || answer === undefined) continue;
    if (answer instanceof Promise) {
      const go = (late: Awaited<typeof answer>): void => {
        if (owner.exchange.forward.over) return;
        if (late === undefined) askInOrder(owner, route, at + 1);
        else decided(owner, route, { step, answer: late });
      };
      void whenSettled(answer, go, (error) => owner.exchange.forward.onFault(error));
      return;
    }
    decided(owner, route, { step, answer });
    return;
  }
  if (route.spec.access === 'open') owner.admit(route, undefined);
  else nobody(owner, route);
}

function decided(
  owner: IdentifyingOwner,
  route: CompiledRoute,
  { step, answer }: { readonly step: IdentifyStep; readonly answer: { readonly caller: Identified } | Reply },
): void {
  if (!('caller' in answer)) {
    owner.answer(answer);
    return;
  }
  const { caller } = answer;
  for (const field of caller.fields) owner.exchange.caller.head.fields.remove(field);
  owner.identified(caller.credential, owner.program.callerFound(step.name, caller, route.spec.api));
  mayThatOne(owner, route, caller.credential);
}

function nobody(owner: IdentifyingOwner, { challenges }: CompiledRoute): void {
  const lines = challenges.map((challenge) => `www-authenticate: ${challenge}\r\n`).join('');
  owner.refuse('auth.missing', 'show who calls in one of the ways that WWW-Authenticate names', lines);
}
