import { DRIFT_KINDS, type FieldShape, type Observation, type ObservedFinding } from '@gatehouse/kernel';

/** As `observedLine` writes it, so that readers of records need not parse such lines. */
export const OBSERVED_START = '{"observed":true,';

/** An observation as one line of JSON with its newline; pure ASCII, as all lines are. Few exchanges have one. */
export function observedLine(observation: Observation): string {
  return `${JSON.stringify({ observed: true, ...observation }).replaceAll(NOT_ASCII, escaped)}\n`;
}

const NOT_ASCII = /[^ -~]/g;
const LIST_MAX = 1000;
const SHAPE_DEPTH_MAX = 32;

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Undefined: the line is something else, or was written by nobody of ours. */
export function parseObserved(value: object): Observation | undefined {
  return 'observed' in value && value.observed === true && isObservation(value) ? value : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isObservation(value: object): value is Observation {
  const fields: Fields = Object.fromEntries(Object.entries(value));
  return (
    ['time', 'worker', 'status'].every((name) => typeof fields[name] === 'number') &&
    ['api', 'version', 'route', 'document', 'method'].every((name) => typeof fields[name] === 'string') &&
    ['operation', 'path', 'known'].every((name) => isTextOrNothing(fields[name])) &&
    ['shown', 'asked', 'seen'].every((name) => areTexts(fields[name])) &&
    isList(fields['findings']) &&
    fields['findings'].every(isFinding)
  );
}

function isFinding(value: unknown): value is ObservedFinding {
  if (!isObject(value)) return false;
  const { kind, where, rule, value: word, shape } = value;
  return (
    DRIFT_KINDS.some((known) => known === kind) &&
    typeof where === 'string' &&
    isTextOrNothing(rule) &&
    isTextOrNothing(word) &&
    (shape === undefined || isShape(shape, SHAPE_DEPTH_MAX))
  );
}

function isShape(value: unknown, depthLeft: number): value is FieldShape {
  if (!isObject(value) || depthLeft === 0) return false;
  const { types, members, items } = value;
  return (
    areTexts(types) &&
    (items === undefined || isShape(items, depthLeft - 1)) &&
    (members === undefined ||
      (isObject(members) && Object.values(members).every((each) => isShape(each, depthLeft - 1))))
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= LIST_MAX;
}

function areTexts(value: unknown): boolean {
  return isList(value) && value.every((each) => typeof each === 'string');
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
