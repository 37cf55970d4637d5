import { Type } from 'typebox';
import { description, fields, id, title, type Kind } from './kind.ts';

export const grants = Type.Optional(
  Type.Array(
    fields({
      role: Type.String({ maxLength: 64, description: 'The name of a role.' }),
      workspace: Type.Optional(
        Type.String({ maxLength: 64, description: 'The name of a workspace; left out: all of them.' }),
      ),
      emergency: Type.Optional(
        Type.Boolean({ description: 'Counts only for a while, after its holder has said why it is needed.' }),
      ),
      team: Type.Optional(id('a team of that workspace, to whose things alone it extends')),
    }),
    { maxItems: 100 },
  ),
);

const permissions = Type.Optional(
  Type.Array(Type.String({ pattern: '^(?:\\*|[a-z]+):(?:\\*|[a-z-]+)$' }), { maxItems: 1000 }),
);

/** Who works in the house: people, programs, teams, and what they may do. */
export const PEOPLE_KINDS: readonly Kind[] = [
  {
    kind: 'role',
    plural: 'roles',
    prefix: 'role',
    level: 'house',
    summary: 'Bundles of rights.',
    fields: fields({ title, permissions: Type.Array(Type.String({ pattern: '^(?:\\*|[a-z]+):(?:\\*|[a-z-]+)$' })) }),
    initial: '',
    served: false,
  },
  {
    kind: 'user',
    plural: 'users',
    prefix: 'user',
    level: 'house',
    summary: 'People, by their e-mail address.',
    fields: fields({
      title,
      grants,
      disabled: Type.Optional(Type.Boolean()),
      bot: Type.Optional(Type.Boolean({ description: 'A program: has tokens, never signs in, decides nothing.' })),
    }),
    facts: ['groups', 'externalId'],
    initial: '',
    served: false,
  },
  {
    kind: 'group',
    plural: 'groups',
    prefix: 'group',
    level: 'house',
    summary: 'Groups of a directory, by single sign-on or SCIM, and what whoever is in them may do.',
    fields: fields({ title, grants }),
    facts: ['externalId'],
    initial: '',
    served: false,
  },
  {
    kind: 'directory',
    plural: 'directories',
    prefix: 'dir',
    level: 'house',
    summary: 'OpenID providers at which people sign in; groups that they tell are those of the same name.',
    fields: fields({
      title,
      spec: fields({
        issuer: Type.String({ maxLength: 1000, pattern: '^https?://' }),
        clientId: Type.String({ minLength: 1, maxLength: 200 }),
        clientSecret: Type.String({ minLength: 1, maxLength: 1000 }),
        groupsClaim: Type.Optional(Type.String({ maxLength: 200, description: '`groups` when left out.' })),
        linkByEmail: Type.Optional(
          Type.Boolean({ description: 'A verified e-mail address may be that of a user who is here already.' }),
        ),
      }),
    }),
    secret: ['spec'],
    initial: '',
    served: false,
  },
  {
    kind: 'token',
    plural: 'tokens',
    prefix: 'token',
    level: 'house',
    parent: { kind: 'user', field: 'user' },
    summary: 'Personal tokens, for programs that act for somebody. Shown once.',
    fields: fields({
      expiresAt: Type.Optional(Type.String({ format: 'date-time' })),
      scopes: Type.Optional(Type.Array(Type.String({ pattern: '^(?:\\*|[a-z]+):(?:\\*|[a-z-]+)$' }))),
    }),
    facts: ['shown'],
    initial: 'active',
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'petition',
    plural: 'petitions',
    prefix: 'pet',
    level: 'house',
    summary: 'Rights that somebody wants to give, for a second person to agree.',
    fields: fields({
      user: Type.Optional(id('the user who gets grants')),
      group: Type.Optional(id('the group that gets grants')),
      role: Type.Optional(id('the role that gets permissions')),
      grants,
      permissions,
      reason: Type.String({ minLength: 1, maxLength: 2000 }),
    }),
    facts: ['requestedBy', 'decidedBy'],
    initial: 'waiting',
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'emergency',
    plural: 'emergencies',
    prefix: 'emerg',
    level: 'house',
    parent: { kind: 'user', field: 'user' },
    summary: 'Rights that somebody took for a while in an emergency, and what others said of it.',
    fields: fields({}),
    facts: ['role', 'workspace', 'team', 'reason', 'until', 'endedAt', 'remindedAt', 'review'],
    initial: 'open',
    served: false,
    made: 'by verbs',
  },
  {
    kind: 'team',
    plural: 'teams',
    prefix: 'team',
    level: 'workspace',
    summary: 'Who answers for apis and applications.',
    fields: fields({ title, description, members: Type.Optional(Type.Array(id('a user'), { maxItems: 10_000 })) }),
    initial: '',
    served: false,
  },
];
