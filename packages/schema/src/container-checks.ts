import type { Examination } from './examination.ts';
import type { PlanSchemaObject } from './plan-schema.ts';
import { isObject, type Check, type Checks } from './check.ts';

type Items = readonly unknown[];
type Members = Readonly<Record<string, unknown>>;

const MISSING = { message: 'is missing', rule: 'required' };
const ONLY_IN_REPLIES = { message: 'is only in replies', rule: 'readOnly' };
const ONLY_IN_REQUESTS = { message: 'is only in requests', rule: 'writeOnly' };
const BADLY_NAMED = { message: 'has a name that is not allowed', rule: 'propertyNames' };

export function arrayChecks(schema: PlanSchemaObject, set: Checks): Check[] {
  const { minItems, maxItems, uniqueItems } = schema;
  const checks: ((items: Items, examination: Examination) => boolean)[] = [];
  if (minItems !== undefined) {
    checks.push((items, at) => items.length >= minItems || at.fail(`must have at least ${minItems} items`, 'minItems'));
  }
  if (maxItems !== undefined) {
    checks.push((items, at) => items.length <= maxItems || at.fail(`must have at most ${maxItems} items`, 'maxItems'));
  }
  if (uniqueItems === true)
    checks.push((items, at) => areUnique(items, at) || at.fail('must not have the same item twice', 'uniqueItems'));
  if (schema.prefixItems !== undefined || schema.items !== undefined) checks.push(itemsCheck(schema, set));
  if (schema.contains !== undefined) checks.push(containsCheck(schema, set));
  return checks.map((check) => (value, at) => !Array.isArray(value) || check(value, at));
}

function areUnique(items: Items, examination: Examination): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.size === seen.add(examination.canonical(item)).size) return false;
  }
  return true;
}

function itemsCheck({ prefixItems = [], items }: PlanSchemaObject, set: Checks) {
  const first = prefixItems.map((each) => set.check(each));
  const others = items === undefined ? undefined : set.check(items);
  return (values: Items, examination: Examination): boolean => {
    let fits = true;
    for (let index = 0; index < values.length; index++) {
      const check = first[index] ?? others;
      if (check === undefined) break;
      examination.step();
      if (examination.at(index, () => check(values[index], examination))) continue;
      fits = false;
      if (examination.isSettled) return false;
    }
    return fits;
  };
}

function containsCheck({ contains = true, minContains = 1, maxContains = Infinity }: PlanSchemaObject, set: Checks) {
  const check = set.check(contains);
  return (values: Items, examination: Examination): boolean => {
    let found = 0;
    for (let index = 0; index < values.length; index++) {
      examination.step();
      const outer = examination.seen;
      if (!examination.tries(() => inside(check, values[index], examination))) continue;
      outer?.add(index);
      found++;
    }
    if (found < minContains) return examination.fail(`must hold at least ${minContains} of what is wanted`, 'contains');
    return found <= maxContains || examination.fail(`must hold at most ${maxContains} of what is wanted`, 'contains');
  };
}

/** What a schema has looked at of an item says nothing about the list. */
function inside(check: Check, value: unknown, examination: Examination): boolean {
  const fits = check(value, examination);
  examination.seen?.clear();
  return fits;
}

export function objectChecks(schema: PlanSchemaObject, set: Checks): Check[] {
  const { minProperties, maxProperties } = schema;
  const checks: ((members: Members, examination: Examination) => boolean)[] = [];
  if (minProperties !== undefined) {
    checks.push(
      (members, at) =>
        Object.keys(members).length >= minProperties ||
        at.fail(`must have at least ${minProperties} properties`, 'minProperties'),
    );
  }
  if (maxProperties !== undefined) {
    checks.push(
      (members, at) =>
        Object.keys(members).length <= maxProperties ||
        at.fail(`must have at most ${maxProperties} properties`, 'maxProperties'),
    );
  }
  const required = requiredOf(schema, set);
  if (required.length > 0) checks.push((members, at) => haveAll(members, required, at));
  checks.push(...forbidden(schema, set), ...dependents(schema, set));
  if (schema.properties !== undefined) checks.push(propertiesCheck(schema.properties, set));
  if (schema.patternProperties !== undefined || schema.additionalProperties !== undefined) {
    checks.push(othersCheck(schema, set));
  }
  if (schema.propertyNames !== undefined) checks.push(namesCheck(set.check(schema.propertyNames)));
  return checks.map((check) => (value, at) => !isObject(value) || check(value, at));
}

/** OpenAPI 3.0.3 §4.7.24.2: what only replies have is required of them alone. */
function requiredOf(
  { required = [], readOnly = [], writeOnly = [] }: PlanSchemaObject,
  { options }: Checks,
): readonly string[] {
  const elsewhere = options.direction === 'request' ? readOnly : writeOnly;
  return required.filter((name) => !elsewhere.includes(name));
}

function haveAll(members: Members, names: readonly string[], examination: Examination): boolean {
  let fits = true;
  for (const name of names) {
    if (Object.hasOwn(members, name)) continue;
    fits = examination.failAt(name, MISSING);
    if (examination.isSettled) return false;
  }
  return fits;
}

function forbidden({ readOnly = [], writeOnly = [] }: PlanSchemaObject, { options }: Checks) {
  const request = options.direction === 'request';
  const names = request ? (options.allowsReadOnly ? [] : readOnly) : writeOnly;
  if (names.length === 0) return [];
  const wrong = request ? ONLY_IN_REPLIES : ONLY_IN_REQUESTS;
  return [
    (members: Members, examination: Examination): boolean => {
      let fits = true;
      for (const name of names) if (Object.hasOwn(members, name)) fits = examination.failAt(name, wrong);
      return fits;
    },
  ];
}

function dependents({ dependentRequired, dependentSchemas }: PlanSchemaObject, set: Checks) {
  const names = Object.entries(dependentRequired ?? {});
  const schemas = Object.entries(dependentSchemas ?? {}).map(([name, schema]) => [name, set.check(schema)] as const);
  return [
    ...names.map(([name, wanted]) => (members: Members, examination: Examination) => {
      return !Object.hasOwn(members, name) || haveAll(members, wanted, examination);
    }),
    ...schemas.map(([name, check]) => (members: Members, examination: Examination) => {
      return !Object.hasOwn(members, name) || check(members, examination);
    }),
  ];
}

function propertiesCheck(properties: NonNullable<PlanSchemaObject['properties']>, set: Checks) {
  const known = Object.entries(properties).map(([name, schema]) => [name, set.check(schema)] as const);
  return (members: Members, examination: Examination): boolean => {
    let fits = true;
    for (const [name, check] of known) {
      if (!Object.hasOwn(members, name)) continue;
      if (examination.at(name, () => check(members[name], examination))) continue;
      fits = false;
      if (examination.isSettled) return false;
    }
    return fits;
  };
}

function othersCheck({ properties = {}, patternProperties = {}, additionalProperties }: PlanSchemaObject, set: Checks) {
  const known = new Set(Object.keys(properties));
  const patterns = Object.entries(patternProperties).map(
    ([source, schema]) => [set.pattern(source), set.check(schema)] as const,
  );
  const other = additionalProperties === undefined ? undefined : set.check(additionalProperties);
  return (members: Members, examination: Examination): boolean => {
    let fits = true;
    for (const name of Object.keys(members)) {
      examination.step();
      const checks = patterns.filter(([pattern]) => pattern.test(name, examination.spend)).map(([, check]) => check);
      if (checks.length === 0 && other !== undefined && !known.has(name)) checks.push(other);
      for (const check of checks) {
        if (!examination.at(name, () => check(members[name], examination))) fits = false;
      }
      if (!fits && examination.isSettled) return false;
    }
    return fits;
  };
}

function namesCheck(check: Check) {
  return (members: Members, examination: Examination): boolean =>
    Object.keys(members).every((name) => {
      return examination.tries(() => inside(check, name, examination)) || examination.failAt(name, BADLY_NAMED);
    });
}
