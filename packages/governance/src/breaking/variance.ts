import { BOUNDS, type BoundName } from './canonicalise/bounds.ts';

/** How grave a change is: it breaks callers, it may, or it does not. */
export type Level = 'error' | 'warning' | 'info';

/** Of what a schema describes, as callers see it: a request they make, or a reply they get. */
export type Direction = 'request' | 'response';

/**
 * A way in which a schema can differ, and what that means. Requests may only widen, since callers go on sending what
 * they send; responses may only narrow, since callers go on reading what they read.
 */
export interface VarianceRow {
  readonly request: Level;
  readonly response: Level;
  /** `{what}`, `{from}` and `{to}` are filled in. */
  readonly wording: string;
  /** Offers something new, so that without anything worse the version's middle number goes up. */
  readonly adds?: true;
}

type Levels = readonly [request: Level, response: Level];

const NARROWED: Levels = ['error', 'info'];
const WIDENED: Levels = ['info', 'error'];
const OTHER: Levels = ['error', 'error'];
const UNSURE: Levels = ['warning', 'warning'];
const HARMLESS: Levels = ['info', 'info'];

function row([request, response]: Levels, wording: string, adds?: true): VarianceRow {
  return { request, response, wording, ...(adds === undefined ? {} : { adds }) };
}

const WORDS = {
  'type-narrowed': row(NARROWED, 'the type was narrowed from {from} to {to}'),
  'type-widened': row(WIDENED, 'the type was widened from {from} to {to}', true),
  'type-changed': row(OTHER, 'the type was changed from {from} to {to}'),
  'became-nullable': row(WIDENED, 'null became possible', true),
  'became-not-nullable': row(NARROWED, 'null is no longer possible'),
  'format-added': row(NARROWED, 'the format {to} was added'),
  'format-removed': row(WIDENED, 'the format {from} was removed', true),
  'format-narrowed': row(NARROWED, 'the format was narrowed from {from} to {to}'),
  'format-widened': row(WIDENED, 'the format was widened from {from} to {to}', true),
  'format-changed': row(OTHER, 'the format was changed from {from} to {to}'),
  'enum-value-removed': row(NARROWED, 'the value {what} was removed'),
  'enum-value-added': row(['info', 'warning'], 'the value {what} was added', true),
  'extensible-enum-value-added': row(HARMLESS, 'the value {what} was added to an open list', true),
  'enum-values-replaced': row(OTHER, 'none of the values {from} is left, only {to}'),
  'became-enum': row(NARROWED, 'only the values {to} are left'),
  'enum-lifted': row(['info', 'warning'], 'values are no longer limited to {from}', true),
  'enum-opened': row(['info', 'warning'], 'the list of values is open now', true),
  'enum-closed': row(['warning', 'info'], 'the list of values is closed now'),
  'pattern-added': row(NARROWED, 'the pattern {to} was added'),
  'pattern-changed': row(UNSURE, 'the pattern was changed from {from} to {to}'),
  'pattern-removed': row(['info', 'warning'], 'the pattern {from} was removed', true),
  'multiple-of-set': row(['warning', 'info'], 'multipleOf was set to {to}'),
  'multiple-of-removed': row(WIDENED, 'multipleOf {from} was removed', true),
  'multiple-of-narrowed': row(NARROWED, 'multipleOf was narrowed from {from} to {to}'),
  'multiple-of-widened': row(WIDENED, 'multipleOf was widened from {from} to {to}', true),
  'multiple-of-changed': row(OTHER, 'multipleOf was changed from {from} to {to}'),
  'unique-items-set': row(NARROWED, 'items must be unique now'),
  'unique-items-lifted': row(WIDENED, 'items need no longer be unique', true),
  'property-added': row(HARMLESS, 'the optional property {what} was added', true),
  'required-property-added': row(['error', 'info'], 'the required property {what} was added', true),
  'property-removed': row(UNSURE, 'the optional property {what} was removed'),
  'required-property-removed': row(['warning', 'error'], 'the required property {what} was removed'),
  'closed-property-removed': row(['error', 'warning'], 'the property {what} was removed and others are not allowed'),
  'property-removed-after-sunset': row(HARMLESS, 'the deprecated property {what} was removed after its sunset'),
  'property-became-required': row(NARROWED, 'the property {what} became required'),
  'property-became-optional': row(WIDENED, 'the property {what} became optional'),
  'property-became-read-only': row(['warning', 'info'], 'the property {what} became read-only'),
  'property-no-longer-read-only': row(HARMLESS, 'the property {what} may be sent now', true),
  'required-property-no-longer-read-only': row(NARROWED, 'the required property {what} must be sent now'),
  'property-became-write-only': row(['info', 'warning'], 'the optional property {what} became write-only'),
  'required-property-became-write-only': row(['info', 'error'], 'the required property {what} became write-only'),
  'property-no-longer-write-only': row(HARMLESS, 'the property {what} is part of replies now', true),
  'additional-properties-closed': row(NARROWED, 'other properties are no longer allowed'),
  'additional-properties-opened': row(['info', 'warning'], 'other properties are allowed now', true),
  'pattern-property-added': row(['warning', 'info'], 'a schema for properties like {what} was added'),
  'pattern-property-removed': row(['info', 'warning'], 'the schema for properties like {what} was removed'),
  'union-member-added': row(WIDENED, 'the alternative {what} was added', true),
  'union-member-removed': row(NARROWED, 'the alternative {what} was removed'),
  'union-loosened': row(['info', 'warning'], 'several alternatives may hold at once', true),
  'union-tightened': row(['warning', 'info'], 'only one alternative may hold at once'),
  'unions-changed': row(UNSURE, 'the alternatives were put together anew'),
  'assertion-added': row(NARROWED, 'the condition {what} was added'),
  'assertion-removed': row(['info', 'warning'], 'the condition {what} was removed', true),
  'assertion-changed': row(UNSURE, 'the condition {what} was changed'),
  'discriminator-changed': row(OTHER, 'the discriminator was changed from {from} to {to}'),
  'discriminator-added': row(HARMLESS, 'the discriminator {to} was added'),
  'discriminator-removed': row(['info', 'warning'], 'the discriminator {from} was removed'),
  'discriminator-mapping-removed': row(UNSURE, 'the name {what} was removed from the discriminator'),
  'default-added': row(HARMLESS, 'the default {to} was added'),
  'default-changed': row(['warning', 'info'], 'the default was changed from {from} to {to}'),
  'default-removed': row(['warning', 'info'], 'the default {from} was removed'),
  'foreign-schema-changed': row(UNSURE, 'a schema outside of the document took another place: {from} to {to}'),
} as const satisfies Readonly<Record<string, VarianceRow>>;

/** A bound is moved, or comes and goes; which way is narrower depends on its side. */
function boundRows(): Readonly<Record<string, VarianceRow>> {
  const rows: Record<string, VarianceRow> = {};
  for (const { keyword, name, side } of BOUNDS) {
    const lowered = `${keyword} was lowered from {from} to {to}`;
    const raised = `${keyword} was raised from {from} to {to}`;
    rows[`${name}-lowered`] = side === 'max' ? row(NARROWED, lowered) : row(WIDENED, lowered, true);
    rows[`${name}-raised`] = side === 'max' ? row(WIDENED, raised, true) : row(NARROWED, raised);
    rows[`${name}-set`] = row(['warning', 'info'], `${keyword} was set to {to}`);
    rows[`${name}-removed`] = row(WIDENED, `${keyword} {from} was removed`, true);
  }
  return rows;
}

/** Names of the rows of the table. */
export type Fact = keyof typeof WORDS | `${BoundName}-${'lowered' | 'raised' | 'set' | 'removed'}`;

export const VARIANCE: ReadonlyMap<string, VarianceRow> = new Map<string, VarianceRow>([
  ...Object.entries(WORDS),
  ...Object.entries(boundRows()),
]);
