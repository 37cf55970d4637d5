import { Type, type Static } from 'typebox';
import { checkedText } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

export type Side = 'request' | 'response';
type Verb = 'set' | 'add' | 'remove';

/** Fields that frame a message or belong to one connection (RFC 9110 §7.6.1): only the engine may write them. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** How the gate tells an upstream who calls; nobody else may say it. */
const IDENTITY = 'x-gatehouse-';

function nameProblem(side: Side, verb: Verb, name: string): string | undefined {
  const lower = name.toLowerCase();
  const plain = lower.replaceAll('_', '-'); // many servers read both as one name
  if (lower === 'host' && side === 'request' && verb === 'set') return undefined;
  if (FRAMING.has(plain)) return 'belongs to the connection and not to a policy, leave it out';
  if (side === 'request' && plain.startsWith(IDENTITY))
    return "is the gate's own word to an upstream, write another name";
  return undefined;
}

const fieldName = (side: Side, verb: Verb) =>
  checkedText((name) => nameProblem(side, verb, name), { title: 'the name of a field', pattern: `^${TOKEN}$` });

const values = (side: Side, verb: Verb, description: string) =>
  Type.Refine(
    Type.Record(Type.String(), Type.String({ title: 'visible ASCII', pattern: '^[\\t\\x20-\\x7e]*$' }), {
      propertyNames: fieldName(side, verb),
      default: {},
      description,
    }),
    (fields) => new Set(Object.keys(fields).map((name) => name.toLowerCase())).size === Object.keys(fields).length,
    () => 'names a field twice, write it once',
  );

const edits = (side: Side, description: string) =>
  Type.Object(
    {
      set: values(side, 'set', 'Name to value; replaces every value of that name.'),
      add: values(side, 'add', 'Name to value; added beside what is there.'),
      remove: Type.Array(fieldName(side, 'remove'), { default: [], description: 'Names to take out.' }),
    },
    { additionalProperties: false, default: {}, description },
  );

export const summary = 'Sets, adds and removes header fields of requests and replies.';

export const schema = Type.Object(
  {
    request: edits('request', 'Changes to the request that goes to the upstream.'),
    response: edits('response', 'Changes to the reply that came from the upstream.'),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
