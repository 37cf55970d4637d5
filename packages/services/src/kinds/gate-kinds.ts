import { Type } from 'typebox';
import { ServiceError } from '../service-error.ts';
import { description, fields, spec, title, type Kind } from './kind.ts';

/** What gates serve by besides apis and their callers: models and what belongs to them, and what is shared. */
export const GATE_KINDS: readonly Kind[] = [
  {
    kind: 'policy',
    plural: 'policies',
    prefix: 'pol',
    level: 'workspace',
    summary: 'What all apis of a workspace have in common, or some of them: in front of their own policies.',
    fields: fields({
      title,
      description,
      spec: spec('apis.*.policies[]'),
      apis: Type.Optional(
        Type.Array(Type.String({ maxLength: 64 }), {
          maxItems: 1000,
          description: 'Names of apis; left out: all of the workspace.',
        }),
      ),
      disabled: Type.Optional(Type.Boolean()),
    }),
    check: ({ spec: one }) => requireOnePolicy(one),
    secret: ['spec'],
    initial: '',
    served: true,
  },
  {
    kind: 'certificate',
    plural: 'certificates',
    prefix: 'cert',
    level: 'workspace',
    summary: 'What callers are shown by TLS, where the gate listens for it, beside what its file has.',
    fields: fields({
      title,
      cert: Type.String({
        minLength: 1,
        maxLength: 200_000,
        pattern: '^-----BEGIN ',
        description: 'PEM, with its chain.',
      }),
      key: Type.String({
        minLength: 1,
        maxLength: 50_000,
        pattern: '^(?:\\*{3}$|-----BEGIN )',
        description: 'Its private key as PEM. Shown as `***`, which keeps it.',
      }),
      hosts: Type.Optional(
        Type.Array(Type.String({ maxLength: 253 }), {
          minItems: 1,
          maxItems: 100,
          description: 'Hosts that it is shown for; left out: those that it names itself.',
        }),
      ),
    }),
    secret: ['key'],
    initial: '',
    served: true,
  },
  {
    kind: 'setting',
    plural: 'settings',
    prefix: 'set',
    level: 'workspace',
    summary: 'What is said once for the whole house: `ai`, with what all model calls have in common.',
    fields: fields({ title, spec: spec('ai') }),
    check: ({ spec: one }) => requireNoLists(one),
    secret: ['spec'],
    initial: '',
    served: true,
  },
  {
    kind: 'provider',
    plural: 'providers',
    prefix: 'prov',
    level: 'workspace',
    summary: 'Vendors of models.',
    fields: fields({ title, spec: spec('ai.providers.*') }),
    secret: ['spec'],
    initial: '',
    served: true,
  },
  {
    kind: 'model',
    plural: 'models',
    prefix: 'model',
    level: 'workspace',
    summary: 'Names by which callers ask for models.',
    fields: fields({ title, spec: spec('ai.models.*') }),
    initial: '',
    served: true,
  },
  {
    kind: 'budget',
    plural: 'budgets',
    prefix: 'budget',
    level: 'workspace',
    summary: 'What may be spent.',
    fields: fields({ title, spec: spec('ai.budgets[]') }),
    initial: '',
    served: true,
  },
  {
    kind: 'prompt',
    plural: 'prompts',
    prefix: 'prompt',
    level: 'workspace',
    summary: 'Prompts with a path of their own.',
    fields: fields({ title, spec: spec('ai.prompts.*') }),
    initial: '',
    served: true,
  },
  {
    kind: 'guard',
    plural: 'guards',
    prefix: 'guard',
    level: 'workspace',
    summary: 'What model calls are looked through for.',
    fields: fields({ title, spec: spec('ai.guards.*') }),
    initial: '',
    served: true,
  },
];

/** As a list of policies has them: the name, and its settings. */
function requireOnePolicy(value: unknown): void {
  if (Object.keys(Object(value)).length === 1) return;
  throw new ServiceError(
    'admin.invalid',
    '/spec is one policy, such as {"rate-limit": {"limit": 100, "window": "1m"}}',
  );
}

/** They are entities of their own. */
const OF_THEIR_OWN = ['providers', 'models', 'access', 'budgets', 'guards', 'prompts'];

function requireNoLists(value: unknown): void {
  const found = OF_THEIR_OWN.find((name) => Object.hasOwn(Object(value), name));
  if (found !== undefined) throw new ServiceError('admin.invalid', `/spec/${found} are entities of their own`);
}
