import { Type, type Static } from 'typebox';
import { hostText } from '../forms/host-name.ts';
import { basePathText, pathPatternText } from '../forms/path-pattern.ts';
import { headerNameText, labelText, methodText, nameText } from '../forms/tokens.ts';
import type { PolicyListSchema } from './policy-list.ts';
import { strictObject } from './strict-object.ts';
import { upstreamReference } from './upstream-schema.ts';

const ACCESS = ['open', 'key', 'subscribed'] as const;
const conditionValue = Type.String({ description: 'The exact value, or * for any.', maxLength: 1024 });

const when = strictObject(
  {
    headers: Type.Record(Type.String(), conditionValue, {
      description:
        'Header fields that a request must carry; the values of one that comes several times are joined by `, `.',
      propertyNames: headerNameText({ description: 'In any case.' }),
      default: {},
    }),
    query: Type.Record(Type.String(), conditionValue, {
      description: 'Query parameters that a request must carry.',
      default: {},
    }),
  },
  { description: 'Further conditions; of two routes with the same path the one with more conditions is asked first.' },
);

const routeSchema = (policies: PolicyListSchema) =>
  strictObject({
    method: methodText({ description: 'A method, or * for any.', default: '*' }),
    path: pathPatternText({
      description: 'Below `basePath`. `{name}` is one segment; a last `*` is any rest, none included.',
    }),
    when: Type.Optional(when),
    access: Type.Optional(Type.Enum(ACCESS, { description: 'Instead of the `access` of the API.' })),
    upstream: Type.Optional(upstreamReference('Instead of the `upstream` of the API.')),
    allow: Type.Array(
      Type.Enum(['encoded-slash', 'encoded-backslash', 'encoded-nul', 'encoded-dot', 'empty-segment', 'semicolon']),
      {
        description: 'Spellings of a path that are let through although servers read them differently.',
        default: [],
        uniqueItems: true,
      },
    ),
    policies,
  });

export const apiSchema = (policies: PolicyListSchema) =>
  strictObject(
    {
      title: Type.Optional(labelText({ description: 'For people.' })),
      product: Type.Optional(
        nameText({
          title: 'a name',
          description: 'What it is a version of; subscriptions in the store are to that.',
        }),
      ),
      version: Type.Optional(labelText({ description: 'Shown in records; by default that of the document.' })),
      versioning: Type.Optional(
        strictObject(
          {
            by: Type.String({
              title: 'header:NAME, query:NAME, media-type:PARAMETER or media-type:TYPE with {version}',
              pattern:
                '^(?:header:[A-Za-z0-9!#$%&*+.^_|~-]{1,64}|query:[A-Za-z0-9_.-]{1,64}|media-type:(?:[A-Za-z0-9_.-]{1,64}|[A-Za-z0-9.+-]{1,64}/[A-Za-z0-9.+-]{0,100}\\{version\\}[A-Za-z0-9.+-]{0,32}))$',
              examples: [
                'header:x-api-version',
                'query:version',
                'media-type:version',
                'media-type:application/vnd.acme.v{version}+json',
              ],
              description: 'Where callers say which version they want.',
            }),
            date: Type.Optional(
              Type.String({
                title: 'a day',
                pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
                examples: ['2026-06-16'],
                description:
                  'The version begins on that day: a caller who asks for a day gets the newest that had begun. Left out: callers ask for `version` as it is written.',
              }),
            ),
            default: Type.Boolean({ default: false, description: 'Also for callers who ask for none.' }),
          },
          { description: 'One of several versions under the same address, which each are an API of this file.' },
        ),
      ),
      basePath: basePathText({ description: 'Public prefix of all paths.', default: '/' }),
      stripBasePath: Type.Boolean({ description: 'Whether upstreams see paths without `basePath`.', default: true }),
      hosts: Type.Array(hostText({ description: 'A host.' }), {
        description: 'Hosts that the API answers on; none for any.',
        default: [],
        uniqueItems: true,
      }),
      access: Type.Enum(ACCESS, {
        description: 'Who may call: anybody, anybody with a key, or applications with a subscription.',
        default: 'subscribed',
      }),
      upstream: Type.Optional(upstreamReference('Where calls go; needed unless every route has its own.')),
      openapi: Type.Optional(
        labelText({
          title: 'a file',
          description:
            'An OpenAPI document, relative to this file, whose operations become routes; its `servers` are ignored.',
        }),
      ),
      policies,
      routes: Type.Optional(
        Type.Array(routeSchema(policies), {
          description:
            'Without routes and document every method and path goes through. A route with method and path of an operation takes its place.',
        }),
      ),
    },
    { description: 'A set of routes that is published, subscribed to and versioned as one.' },
  );

export type ApiSource = Static<ReturnType<typeof apiSchema>>;
export type RouteSource = NonNullable<ApiSource['routes']>[number];
