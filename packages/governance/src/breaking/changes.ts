import { VARIANCE, type Level } from './variance.ts';

/** What a change of one kind means. */
export interface ChangeRow {
  readonly level: Level;
  readonly where: 'request' | 'response' | 'operation' | 'document';
  readonly wording: string;
  /** Offers something new: at least a minor version. */
  readonly adds: boolean;
}

type Where = ChangeRow['where'];

function row(level: Level, where: Where, wording: string): ChangeRow {
  return { level, where, wording, adds: false };
}

function adds(where: Where, wording: string): ChangeRow {
  return { level: 'info', where, wording, adds: true };
}

/** What is not about the values that a schema allows. `{what}`, `{from}` and `{to}` are filled in. */
const OTHERS = {
  'operation-added': adds('operation', 'the operation was added'),
  'operation-removed': row(
    'error',
    'operation',
    'the operation was removed without having been deprecated with a sunset',
  ),
  'operation-removed-before-sunset': row('error', 'operation', 'the operation was removed before its sunset {from}'),
  'operation-removed-after-sunset': row(
    'info',
    'operation',
    'the deprecated operation was removed after its sunset {from}',
  ),
  'operation-deprecated': row('info', 'operation', 'the operation is deprecated now'),
  'operation-id-changed': row('warning', 'operation', 'the operationId was changed from {from} to {to}'),
  'operation-id-removed': row('warning', 'operation', 'the operationId {from} was removed'),
  'operation-id-added': row('info', 'operation', 'the operationId {to} was added'),
  'operation-tags-changed': row('info', 'operation', 'the tags were changed from {from} to {to}'),
  'stability-decreased': row('error', 'operation', 'the stability went down from {from} to {to}'),
  'stability-increased': row('info', 'operation', 'the stability went up from {from} to {to}'),
  'sunset-removed': row('error', 'operation', 'the sunset {from} was removed, though the operation is deprecated'),
  'sunset-moved-earlier': row('error', 'operation', 'the sunset was moved forward from {from} to {to}'),
  'sunset-moved-later': row('info', 'operation', 'the sunset was put off from {from} to {to}'),
  'webhook-removed': row('error', 'operation', 'the webhook is no longer sent'),
  'webhook-added': adds('operation', 'the webhook was added'),
  'callback-removed': row('error', 'operation', 'the callback {what} is no longer sent'),
  'callback-added': adds('operation', 'the callback {what} was added'),
  'required-parameter-added': row('error', 'request', 'the required parameter {what} was added'),
  'parameter-added': adds('request', 'the optional parameter {what} was added'),
  'parameter-removed': row('warning', 'request', 'the parameter {what} was removed'),
  'parameter-removed-after-sunset': row(
    'info',
    'request',
    'the deprecated parameter {what} was removed after its sunset',
  ),
  'parameter-became-required': row('error', 'request', 'the parameter {what} became required'),
  'parameter-became-optional': adds('request', 'the parameter {what} became optional'),
  'parameter-moved': row('error', 'request', 'the parameter {what} was moved from {from} to {to}'),
  'parameter-style-changed': row('error', 'request', 'the style of {what} was changed from {from} to {to}'),
  'parameter-explode-changed': row('error', 'request', 'explode of {what} was changed from {from} to {to}'),
  'parameter-reserved-disallowed': row('warning', 'request', 'reserved characters must be encoded in {what} now'),
  'parameter-default-added': row('error', 'request', 'the default {to} was added'),
  'parameter-default-changed': row('error', 'request', 'the default was changed from {from} to {to}'),
  'parameter-default-removed': row('error', 'request', 'the default {from} was removed'),
  'request-body-added': adds('request', 'an optional body was added'),
  'required-request-body-added': row('error', 'request', 'a required body was added'),
  'request-body-removed': row('error', 'request', 'the body was removed'),
  'request-body-became-required': row('error', 'request', 'the body became required'),
  'request-body-became-optional': adds('request', 'the body became optional'),
  'request-media-type-removed': row('error', 'request', 'the content type {what} is no longer taken'),
  'request-media-type-added': adds('request', 'the content type {what} was added'),
  'request-encoding-changed': row('warning', 'request', 'the encoding of parts was changed'),
  'response-media-type-removed': row('error', 'response', 'the content type {what} is no longer offered'),
  'response-media-type-added': adds('response', 'the content type {what} was added'),
  'success-status-removed': row('error', 'response', 'the success status {what} was removed'),
  'success-status-added': adds('response', 'the success status {what} was added'),
  'error-status-removed': row('info', 'response', 'the status {what} was removed'),
  'error-status-added': row('info', 'response', 'the status {what} was added'),
  'required-response-header-removed': row('error', 'response', 'the required header {what} was removed'),
  'response-header-removed': row('warning', 'response', 'the optional header {what} was removed'),
  'response-header-became-optional': row('error', 'response', 'the header {what} became optional'),
  'response-header-became-required': row('info', 'response', 'the header {what} became required'),
  'response-header-added': adds('response', 'the header {what} was added'),
  'required-sent-parameter-removed': row('error', 'response', 'the required parameter {what} is no longer sent'),
  'sent-parameter-removed': row('warning', 'response', 'the optional parameter {what} is no longer sent'),
  'sent-parameter-became-optional': row('error', 'response', 'the parameter {what} is not always sent now'),
  'sent-parameter-became-required': row('info', 'response', 'the parameter {what} is always sent now'),
  'sent-parameter-added': adds('response', 'the parameter {what} is sent too'),
  'sent-body-added': row('warning', 'response', 'a body is sent now'),
  'sent-body-removed': row('error', 'response', 'the body is no longer sent'),
  'sent-body-became-optional': row('error', 'response', 'the body is not always sent now'),
  'sent-body-became-required': row('info', 'response', 'the body is always sent now'),
  'accepted-status-removed': row('error', 'request', 'the answer {what} is no longer taken'),
  'accepted-status-added': adds('request', 'the answer {what} is taken too'),
  'link-removed': row('warning', 'response', 'the link {what} was removed'),
  'security-added': row('error', 'operation', 'callers without a credential are refused now: {to}'),
  'security-scope-added': row('error', 'operation', 'more scopes are asked for: {from} became {to}'),
  'security-alternative-removed': row('error', 'operation', 'the credential {from} no longer suffices, only {to}'),
  'security-alternative-added': adds('operation', 'the credential {to} suffices too'),
  'security-scope-removed': adds('operation', 'fewer scopes are asked for: {from} became {to}'),
  'security-removed': row('warning', 'operation', 'callers without a credential are let in now'),
  'security-scheme-changed': row('error', 'document', 'the scheme {what} was changed from {from} to {to}'),
  'security-flow-removed': row('error', 'document', 'the flow {what} was removed'),
  'security-url-changed': row('error', 'document', '{what} was changed from {from} to {to}'),
  'security-scope-withdrawn': row('warning', 'document', 'the scope {what} was removed from the scheme'),
  'server-removed': row('warning', 'document', 'the server {what} was removed'),
  'server-added': adds('document', 'the server {what} was added'),
  'base-path-changed': row('error', 'document', 'the base path was changed from {from} to {to}'),
} as const satisfies Readonly<Record<string, ChangeRow>>;

/** Names of what is not about schemas. */
export type OtherId = keyof typeof OTHERS;

/** Id → what it means. Ids are never given to something else. */
export const CHANGES: ReadonlyMap<string, ChangeRow> = new Map<string, ChangeRow>([
  ...Object.entries(OTHERS),
  ...[...VARIANCE].flatMap(([fact, { request, response, wording, adds: offers = false }]) => [
    [`request-${fact}`, { level: request, where: 'request', wording, adds: offers }] as const,
    [`response-${fact}`, { level: response, where: 'response', wording, adds: offers }] as const,
  ]),
]);

export interface Filling {
  readonly what?: string;
  readonly from?: string;
  readonly to?: string;
}

const SHOWN_MAX = 200;

/** The wording of a row with its blanks filled in, in one line and bounded. */
export function messageOf(wording: string, filling: Filling): string {
  return wording.replaceAll(/\{(what|from|to)\}/g, (_, blank: keyof Filling) => shown(filling[blank] ?? ''));
}

function shown(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line;
}
