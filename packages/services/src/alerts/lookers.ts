import type { Entity } from '@gatehouse/store';
import { objectiveOf } from '../objectives/counted-calls.ts';
import { readObjective } from '../objectives/read-objective.ts';
import type { House } from '../service-context.ts';
import { everyMs, readRule } from './read-rule.ts';
import type { Labels } from './reading.ts';
import { ruleOf } from './rule.ts';
import type { Outcome, Watched } from './settle.ts';
import type { OfCalls, Tenant } from './whose-calls.ts';

/** Something that is looked at, how often, and how. */
export interface Looker {
  readonly watched: Watched;
  readonly everyMs: number;
  /** Throws where nothing can be found out. */
  readonly read: (house: House, toMs: number) => Promise<Outcome>;
}

const FOUR_HOURS_S = 14_400;

export function lookerOf(entity: Entity, tenant: Tenant): Looker {
  return entity.kind === 'objective' ? ofObjective(entity, tenant) : ofAlert(entity, tenant);
}

function ofAlert(entity: Entity, tenant: Tenant): Looker {
  const rule = ruleOf(entity);
  const {
    severity = 'warning',
    evaluations = 1,
    repeatSeconds = FOUR_HOURS_S,
    contacts = [],
    text = '',
    runbook,
  } = rule;
  // Ends are looked at each hour, and do not come and go.
  const clearEvaluations = rule.clearEvaluations ?? (rule.condition.expiry === undefined ? 2 : 1);
  const watched: Watched = {
    entity,
    workspaceName: tenant.name,
    course: { evaluations, clearEvaluations },
    repeatMs: repeatSeconds * 1000,
    severityOf: () => severity,
    labels: labelsOf(rule),
    contacts,
    text,
    runbook,
  };
  return {
    watched,
    everyMs: everyMs(rule),
    read: async (house, toMs) => ({ readings: await readRule({ house, tenant, rule, toMs }) }),
  };
}

const MINUTE_MS = 60_000;

function ofObjective(entity: Entity, tenant: Tenant): Looker {
  const objective = objectiveOf(entity);
  const { contacts = [], runbook } = objective;
  const watched: Watched = {
    entity,
    workspaceName: tenant.name,
    course: { evaluations: 1, clearEvaluations: 2 },
    repeatMs: FOUR_HOURS_S * 1000,
    severityOf: ({ urgency }) => (urgency === 'page' ? 'critical' : 'warning'),
    labels: labelsOf(objective),
    contacts,
    text: '',
    runbook,
  };
  return {
    watched,
    everyMs: MINUTE_MS,
    read: async (house, toMs) => {
      const { readings, facts } = await readObjective({ house, tenant, objective }, toMs);
      return { readings, facts: { ...facts } };
    },
  };
}

/** What a rule is about, for silences. */
function labelsOf({ api, version, plan, application }: OfCalls): Labels {
  const pairs = Object.entries({ api, version, plan, application });
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
