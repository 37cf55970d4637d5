import { PACKS } from '@gatehouse/governance';
import { Type } from 'typebox';
import { processSchema, readProcesses } from '../approvals/process.ts';
import { readInput } from '../entities/read-input.ts';
import { checkForm, formSchema } from '../moves/subscription-form.ts';
import { ALERT_KINDS } from './alert-kinds.ts';
import { GATE_KINDS } from './gate-kinds.ts';
import { description, fields, id, spec, title, type Kind } from './kind.ts';
import { PEOPLE_KINDS } from './people-kinds.ts';

const labels = Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 200 }), { maxProperties: 50 }));

/** Everything that is governed. */
export const KINDS: readonly Kind[] = [
  {
    kind: 'workspace',
    plural: 'workspaces',
    prefix: 'ws',
    level: 'house',
    summary: 'Tenants: nothing of one is seen in another.',
    fields: fields({
      title,
      description,
      standards: Type.Optional(
        fields({
          pack: Type.Optional(Type.Enum(Object.keys(PACKS), { description: '`recommended`, left out.' })),
          failOn: Type.Optional(
            Type.Enum(['error', 'warning', 'never'], {
              description: 'Least finding that keeps a version from being sealed.',
            }),
          ),
        }),
      ),
      environments: Type.Optional(
        Type.Record(
          Type.String({ pattern: '^(?!default$)[a-z][a-z0-9-]{0,31}$' }),
          fields({
            hosts: Type.Array(Type.String({ pattern: '^(?:\\*\\.)?[a-z0-9.-]{1,253}$' }), {
              minItems: 1,
              maxItems: 20,
              description: 'By which callers come to it, such as `staging.example.com`.',
            }),
            upstreams: Type.Optional(
              Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 64 }), {
                description: 'Which upstream stands there for which, by their names.',
              }),
            ),
          }),
          {
            additionalProperties: false,
            maxProperties: 20,
            description: 'Where versions are deployed besides `default`, by their names.',
          },
        ),
      ),
      signUp: Type.Optional(
        fields({
          domains: Type.Optional(
            Type.Array(Type.String({ pattern: '^[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+$', maxLength: 253 }), {
              minItems: 1,
              maxItems: 1000,
              description: 'Of whose e-mail addresses, such as `example.com`; left out: of all.',
            }),
          ),
          approval: Type.Optional(
            Type.Enum(['auto', 'manual'], { description: '`manual`, left out: somebody has to agree to each.' }),
          ),
        }),
      ),
      processes: Type.Optional(
        Type.Record(Type.String({ maxLength: 64 }), processSchema, {
          description: 'Who decides about what, by its name such as `revision.review`; left out: whoever may.',
        }),
      ),
    }),
    check: ({ processes }) => readProcesses(processes),
    initial: '',
    served: false,
  },
  ...PEOPLE_KINDS,
  {
    kind: 'upstream',
    plural: 'upstreams',
    prefix: 'up',
    level: 'workspace',
    summary: 'Services behind the gate.',
    fields: fields({ title, spec: spec('upstreams.*') }),
    secret: ['spec'],
    initial: '',
    served: true,
  },
  {
    kind: 'api',
    plural: 'apis',
    prefix: 'api',
    level: 'workspace',
    summary: 'Product lines: what versions of the same thing have in common.',
    fields: fields({
      title,
      description,
      team: Type.Optional(id('the team that owns it')),
      visibility: Type.Optional(Type.Enum(['private', 'team', 'workspace', 'partner', 'public'])),
      labels,
    }),
    initial: '',
    served: false,
  },
  {
    kind: 'version',
    plural: 'versions',
    prefix: 'ver',
    level: 'workspace',
    parent: { kind: 'api', field: 'api' },
    summary: 'Versions of an api: drafts, reviewed, published, deprecated, retired.',
    fields: fields({
      title,
      spec: spec('apis.*'),
      document: Type.Optional(Type.String({ maxLength: 10_000_000, description: 'Its OpenAPI document, as text.' })),
      stability: Type.Optional(Type.Enum(['draft', 'alpha', 'beta', 'stable'])),
      audience: Type.Optional(Type.Enum(['private', 'partner', 'public'])),
    }),
    facts: ['author', 'editors', 'lifecycle', 'deployed', 'suspendedFrom', 'previewUntil'],
    initial: 'draft',
    secret: ['spec'],
    served: false,
  },
  {
    kind: 'revision',
    plural: 'revisions',
    prefix: 'rev',
    level: 'workspace',
    parent: { kind: 'version', field: 'version' },
    summary: 'What a version was when it was sealed; never changed.',
    fields: fields({}),
    facts: ['hash', 'spec', 'document', 'author', 'editors', 'reviews', 'lint', 'breaking', 'operations', 'sealedAt'],
    initial: 'sealed',
    secret: ['spec'],
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'deployment',
    plural: 'deployments',
    prefix: 'depl',
    level: 'workspace',
    parent: { kind: 'version', field: 'version' },
    summary: 'Which revision of a version serves which share of its calls.',
    fields: fields({}),
    facts: ['revision', 'environment', 'weight', 'by', 'drainsUntil'],
    initial: 'pending',
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'plan',
    plural: 'plans',
    prefix: 'plan',
    level: 'workspace',
    summary: 'What a subscription allows.',
    fields: fields({
      title,
      description,
      apis: Type.Array(Type.String(), { description: 'Names of apis.', maxItems: 1000 }),
      spec: spec('plans.*'),
      access: Type.Optional(spec('ai.access[]')),
      approval: Type.Optional(Type.Enum(['auto', 'manual'])),
      process: Type.Optional(processSchema),
      terms: Type.Optional(Type.String({ maxLength: 100_000 })),
      form: Type.Optional(formSchema),
    }),
    check: ({ process, form }) => {
      readProcesses(process === undefined ? undefined : { 'subscription.request': process });
      checkForm(form === undefined ? undefined : readInput(formSchema, form));
    },
    initial: 'staging',
    served: true,
  },
  {
    kind: 'application',
    plural: 'applications',
    prefix: 'app',
    level: 'workspace',
    summary: 'Callers: what holds credentials and subscriptions.',
    fields: fields({ title, description, team: Type.Optional(id('the team that owns it')), labels }),
    facts: ['suspension'],
    initial: 'active',
    served: true,
  },
  {
    kind: 'credential',
    plural: 'credentials',
    prefix: 'cred',
    level: 'workspace',
    parent: { kind: 'application', field: 'application' },
    summary: 'Keys of applications. Shown once, kept as a hash.',
    fields: fields({ expiresAt: Type.Optional(Type.String({ format: 'date-time' })) }),
    facts: ['shown', 'createdBy', 'retiresAt'],
    initial: 'active',
    served: true,
    made: 'by verbs',
  },
  {
    kind: 'subscription',
    plural: 'subscriptions',
    prefix: 'sub',
    level: 'workspace',
    parent: { kind: 'application', field: 'application' },
    summary: 'Which application may call which api, under which plan.',
    fields: fields({
      api: Type.Optional(Type.String({ description: 'The name of an api; left out: only the models of the plan.' })),
      plan: Type.String({ description: 'The name of a plan.' }),
      version: Type.Optional(Type.String({ description: 'The name of a version that it is kept to.' })),
      answers: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      startsAt: Type.Optional(Type.String({ format: 'date-time', description: 'Not before then; now, if left out.' })),
      expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'When it ends by itself.' })),
    }),
    facts: ['requestedBy', 'decisions', 'paused', 'stopped', 'terms', 'changing', 'transfer', 'noticed', 'endedAt'],
    initial: 'pending',
    served: true,
    made: 'by verbs',
  },
  ...GATE_KINDS,
  ...ALERT_KINDS,
  {
    kind: 'source',
    plural: 'sources',
    prefix: 'src',
    level: 'workspace',
    summary: 'Files that were applied, and what they own.',
    fields: fields({}),
    facts: ['entries', 'appliedBy', 'appliedAt'],
    initial: '',
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'waiver',
    plural: 'waivers',
    prefix: 'waiver',
    level: 'workspace',
    parent: { kind: 'version', field: 'version' },
    summary: 'Findings that are put up with, for a reason and a time.',
    fields: fields({
      rule: Type.String({ maxLength: 100 }),
      path: Type.String({ maxLength: 1000, description: 'A JSON pointer, or the beginning of one with `*`.' }),
      reason: Type.String({ minLength: 10, maxLength: 2000 }),
      expiresAt: Type.String({ format: 'date-time' }),
    }),
    facts: ['requestedBy', 'approvals'],
    initial: 'requested',
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'approval',
    plural: 'approvals',
    prefix: 'appr',
    level: 'workspace',
    summary: 'What somebody has to decide about: requests, reviews, waivers, forced ends.',
    fields: fields({}),
    facts: ['matter', 'subject', 'requestedBy', 'humans', 'hands', 'steps', 'step', 'due', 'votes', 'questions'],
    initial: 'waiting',
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'webhook',
    plural: 'webhooks',
    prefix: 'hook',
    level: 'workspace',
    summary: 'Addresses that are told what happens, signed as Standard Webhooks are.',
    fields: fields({
      title,
      url: Type.String({ pattern: '^https?://', maxLength: 2000 }),
      topics: Type.Array(Type.String({ pattern: '^(?:\\*|[a-z]+)\\.(?:\\*|[a-z-]+)$' }), {
        maxItems: 100,
        description: 'Such as `subscription.approve`, `credential.*` or `*.*`; none: only what steps of approvals ask.',
      }),
      secret: Type.String({
        pattern: '^(?:\\*{3}|whsec_[A-Za-z0-9+/]{32,128}={0,2})$',
        description: '`whsec_` and 24 random bytes or more, in base64. Shown as `***`, which keeps it.',
      }),
      disabled: Type.Optional(Type.Boolean()),
    }),
    secret: ['secret'],
    initial: '',
    served: false,
  },
  {
    kind: 'failure',
    plural: 'failures',
    prefix: 'fail',
    level: 'workspace',
    summary: 'What could not be delivered, and was given up after many tries.',
    fields: fields({}),
    facts: ['topic', 'target', 'attempts', 'error', 'event', 'sent'],
    initial: 'dead',
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'notification',
    plural: 'notifications',
    prefix: 'note',
    level: 'house',
    parent: { kind: 'user', field: 'user' },
    summary: 'What people are told in the console.',
    fields: fields({}),
    facts: ['topic', 'text', 'workspace', 'subject'],
    initial: 'unread',
    served: false,
    made: 'by verbs',
  },
];

const byKind = new Map(KINDS.map((each) => [each.kind, each]));

/** One that is known to be there. */
export function kindOf(kind: string): Kind {
  const found = byKind.get(kind);
  if (found === undefined) throw new Error(`there is no kind ${kind}`);
  return found;
}
