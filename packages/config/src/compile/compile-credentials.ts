import { createHash } from 'node:crypto';
import { momentMs } from '../forms/moment.ts';
import { milliseconds } from '../forms/units.ts';
import type { Place, Report } from '../problems/report.ts';
import type { ApplicationSource } from '../schema/application-schema.ts';
import type { CredentialSpec, SubscriptionSpec } from '../snapshot.ts';
import type { Places } from '../source/places.ts';
import { planOperations } from './compile-plans.ts';
import { checkReference, lookUp, type Compilation } from './compilation.ts';
import { CredentialMatcher } from './credential-match.ts';
import { modelAccess } from './model-access.ts';

export function compileCredentials(compilation: Compilation): CredentialSpec[] {
  const { source, report, places } = compilation;
  const owners = new Map<string, number>();
  const matcher = new CredentialMatcher(compilation);
  return Object.entries(source.applications).flatMap(([name, application]) => {
    const shared = {
      application: name,
      team: application.team,
      subscriptions: compileSubscriptions(name, application, compilation),
      ...modelAccess(name, compilation),
    };
    checkKeyNames(application, compilation);
    const keys = application.keys.flatMap((key, index) => {
      const place = places.at(application.keys, index);
      const sha256 = keyHash(key, { place, report, places });
      if (sha256 === undefined) return [];
      const line = owners.get(sha256);
      if (line !== undefined)
        report.problem(place, `this key is the same as that of line ${line}, give each its own secret`);
      owners.set(sha256, line ?? report.line(place));
      const expiresMs = key.expires === undefined ? undefined : momentMs(key.expires);
      return [{ sha256, name: key.name, owner: key.owner, expiresMs, ...shared }];
    });
    const others = matcher.matches(name, application);
    return [...keys, ...others.map((found) => ({ sha256: '', ...found, ...shared }))];
  });
}

type KeySource = ApplicationSource['keys'][number];

function keyHash(
  key: KeySource,
  { place, report, places }: { readonly place: Place; readonly report: Report; readonly places: Places },
): string | undefined {
  if (key.secret !== undefined && key.sha256 !== undefined) {
    report.problem(place, 'this key has both `secret` and `sha256`, write one of them');
    return undefined;
  }
  if (key.secret !== undefined) return createHash('sha256').update(key.secret).digest('hex');
  if (!places.wrote(key, 'secret') && !places.wrote(key, 'sha256')) {
    report.problem(place, 'this key has neither `secret` nor `sha256`, write one of them');
  }
  return key.sha256?.toLowerCase();
}

function checkKeyNames({ keys }: ApplicationSource, { places, report }: Compilation): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key.name)) {
      report.problem(
        places.at(key, 'name'),
        `another key has the name ${places.quote(key, 'name')}, give each its own`,
      );
    }
    seen.add(key.name);
  }
}

function compileSubscriptions(
  application: string,
  { subscriptions }: ApplicationSource,
  compilation: Compilation,
): Record<string, SubscriptionSpec> {
  const { source, places, report, declared } = compilation;
  const specs = new Map<string, SubscriptionSpec>();
  for (const subscription of subscriptions) {
    const { api, plan: planName } = subscription;
    if (
      !checkReference({ noun: 'api', holder: subscription, key: 'api', name: api, known: declared.apis }, compilation)
    )
      continue;
    if (specs.has(api)) {
      report.problem(
        places.at(subscription, 'api'),
        `${places.quote(subscription, 'api')} is subscribed to twice, leave one out`,
      );
    }
    const known = declared.plans;
    if (planName !== undefined)
      checkReference({ noun: 'plan', holder: subscription, key: 'plan', name: planName, known }, compilation);
    const plan = planName === undefined ? undefined : lookUp(source.plans, planName);
    if (plan !== undefined && !plan.apis.includes(api)) {
      const message = `the plan ${places.quote(subscription, 'plan')} does not contain ${places.quote(subscription, 'api')}`;
      report.problem(
        places.at(subscription, 'plan'),
        `${message}, add it under \`apis\` of the plan or choose another`,
      );
    }
    specs.set(api, {
      id: `${application}/${api}`,
      plan: planName,
      limits: (plan?.limits ?? []).map(({ limit, window }) => ({ limit, windowMs: milliseconds(window) })),
      quota: plan?.quota,
      ...planOperations(plan?.operations, lookUp(source.apis, api)),
    });
  }
  return Object.fromEntries(specs);
}
