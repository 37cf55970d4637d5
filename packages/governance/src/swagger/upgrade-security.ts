import { mapOf, type JsonMap } from '../tree/json-tree.ts';
import { carried, elsewhere, kept, type Rule, type Rules } from './losses.ts';
import type { SwaggerReading } from './swagger-reading.ts';

const COMMON: Rules = { type: elsewhere, description: kept('description', 'text') };
const FLOWS: Readonly<Record<string, string>> = {
  implicit: 'implicit',
  password: 'password',
  application: 'clientCredentials',
  accessCode: 'authorizationCode',
};
/** Which addresses a flow has to name. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  implicit: ['authorizationUrl'],
  password: ['tokenUrl'],
  application: ['tokenUrl'],
  accessCode: ['authorizationUrl', 'tokenUrl'],
};

/** Undefined: it cannot be told what it is. */
export function upgradeSecurity(scheme: JsonMap, pointer: string, reading: SwaggerReading): JsonMap | undefined {
  const { losses } = reading;
  const { type } = scheme;
  if (type === 'basic') return { ...carried(scheme, COMMON, { pointer, losses }), type: 'http', scheme: 'basic' };
  if (type === 'apiKey') {
    const rules = { ...COMMON, name: kept('name', 'text'), in: kept('in', 'text') };
    return { type, ...carried(scheme, rules, { pointer, losses }) };
  }
  const { flow } = scheme;
  if (type !== 'oauth2' || typeof flow !== 'string' || !Object.hasOwn(FLOWS, flow)) {
    losses.name(pointer, 'is of no kind that there is, left out');
    return undefined;
  }
  const addresses = ADDRESSES[flow] ?? [];
  const address: Rule = (_, at) => {
    const name = at.slice(at.lastIndexOf('/') + 1);
    return addresses.includes(name) ? {} : `means nothing to the flow ${flow}, left out`;
  };
  const rules = {
    ...COMMON,
    flow: elsewhere,
    scopes: elsewhere,
    authorizationUrl: address,
    tokenUrl: address,
  };
  const said = carried(scheme, rules, { pointer, losses });
  const named = addresses.map((name) => [name, typeof scheme[name] === 'string' ? scheme[name] : '']);
  const scopes = mapOf(scheme['scopes']) ?? {};
  return { ...said, type, flows: { [FLOWS[flow] ?? flow]: { ...Object.fromEntries(named), scopes } } };
}
