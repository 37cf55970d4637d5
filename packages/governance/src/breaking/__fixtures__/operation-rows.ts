import type { Verdict } from '../compare-documents.ts';
import { documentOf, withOperation, type Json } from './documents.ts';

/** What is to be found between two documents: the verdict, and the ids of all changes that are more than info. */
export type DocumentRow = readonly [name: string, old: Json, newer: Json, verdict: Verdict, ids: readonly string[]];

const B = 'breaking';
const W = 'warning';
const C = 'compatible';

const ok = { '200': { description: '' } };
const get = { get: { responses: ok } };
const paths = (written: object, parts: object = {}): Json => documentOf({ paths: written, ...parts });
const parameter = (more: object): Json =>
  withOperation({ parameters: [{ name: 'q', in: 'query', schema: { type: 'string' }, ...more }] });
const none = withOperation({});
const body = (more: object): Json => withOperation({ requestBody: { content: { 'application/json': {} }, ...more } });
const taking = (...types: string[]): Json =>
  withOperation({ requestBody: { content: Object.fromEntries(types.map((type) => [type, {}])) } });
const offering = (...types: string[]): Json =>
  withOperation({
    responses: { '200': { description: '', content: Object.fromEntries(types.map((type) => [type, {}])) } },
  });
const answering = (...statuses: string[]): Json =>
  withOperation({ responses: Object.fromEntries(statuses.map((status) => [status, { description: '' }])) });
const header = (headers: object): Json => withOperation({ responses: { '200': { description: '', headers } } });
const sunset = (more: object): Json => paths({ '/a': { get: { responses: ok, ...more } }, '/b': get });
const left = paths({ '/b': get });
const staged = (level: string | undefined, more: object = {}): Json =>
  withOperation({ ...(level === undefined ? {} : { 'x-stability-level': level }), ...more });

export const OPERATION_ROWS: readonly DocumentRow[] = [
  // Paths and operations.
  ['a path comes', left, paths({ '/a': get, '/b': get }), C, []],
  ['a path goes', paths({ '/a': get, '/b': get }), left, B, ['operation-removed']],
  [
    'an operation goes',
    paths({ '/a': { ...get, put: { responses: ok } } }),
    paths({ '/a': get }),
    B,
    ['operation-removed'],
  ],
  ['a path is renamed', paths({ '/a': get }), paths({ '/b': get }), B, ['operation-removed']],
  [
    'a path parameter is renamed',
    paths({ '/a/{x}': { parameters: [{ name: 'x', in: 'path', required: true }], ...get } }),
    paths({ '/a/{y}': { parameters: [{ name: 'y', in: 'path', required: true }], ...get } }),
    C,
    [],
  ],
  ['paths stand in another order', paths({ '/a': get, '/b': get }), paths({ '/b': get, '/a': get }), C, []],
  ['a deprecated operation goes after its sunset', sunset({ deprecated: true, 'x-sunset': '2026-05-01' }), left, C, []],
  [
    'a deprecated operation goes before its sunset',
    sunset({ deprecated: true, 'x-sunset': '2026-07-01' }),
    left,
    B,
    ['operation-removed-before-sunset'],
  ],
  ['a deprecated operation goes without a sunset', sunset({ deprecated: true }), left, B, ['operation-removed']],
  [
    'an operation goes after a sunset without having been deprecated',
    sunset({ 'x-sunset': '2026-05-01' }),
    left,
    B,
    ['operation-removed'],
  ],
  [
    'a sunset that is no date does not count',
    sunset({ deprecated: true, 'x-sunset': 'soon' }),
    left,
    B,
    ['operation-removed'],
  ],
  ['an operation is deprecated', sunset({}), sunset({ deprecated: true, 'x-sunset': '2027-01-01' }), C, []],
  [
    'a sunset is moved forward',
    sunset({ deprecated: true, 'x-sunset': '2027-01-01' }),
    sunset({ deprecated: true, 'x-sunset': '2026-12-01' }),
    B,
    ['sunset-moved-earlier'],
  ],
  [
    'a sunset is put off',
    sunset({ deprecated: true, 'x-sunset': '2027-01-01' }),
    sunset({ deprecated: true, 'x-sunset': '2027-02-01' }),
    C,
    [],
  ],
  [
    'a sunset is removed',
    sunset({ deprecated: true, 'x-sunset': '2027-01-01' }),
    sunset({ deprecated: true }),
    B,
    ['sunset-removed'],
  ],
  [
    'an operationId is changed',
    withOperation({ operationId: 'a' }),
    withOperation({ operationId: 'b' }),
    W,
    ['operation-id-changed'],
  ],
  ['an operationId comes', none, withOperation({ operationId: 'b' }), C, []],
  ['tags are changed', withOperation({ tags: ['a'] }), withOperation({ tags: ['b'] }), C, []],
  ['words are changed', withOperation({ summary: 'a' }), withOperation({ summary: 'b', description: 'c' }), C, []],
  ['3.0 becomes 3.1', { ...none, openapi: '3.0.3' }, none, C, []],
  ['a draft loses an answer', staged('draft', { responses: { '200': {}, '201': {} } }), staged('draft'), C, []],
  [
    'an alpha operation goes',
    paths({ '/a': { get: { 'x-stability-level': 'alpha', responses: ok } }, '/b': get }),
    left,
    C,
    [],
  ],
  [
    'a beta operation goes',
    paths({ '/a': { get: { 'x-stability-level': 'beta', responses: ok } }, '/b': get }),
    left,
    B,
    ['operation-removed'],
  ],
  ['the stability goes down', staged(undefined), staged('beta'), B, ['stability-decreased']],
  ['the stability goes up', staged('beta'), staged('stable'), C, []],
  // Parameters.
  ['a required parameter comes', none, parameter({ required: true }), B, ['required-parameter-added']],
  [
    'a required parameter with a default comes',
    none,
    parameter({ required: true, schema: { default: 'x' } }),
    B,
    ['required-parameter-added'],
  ],
  ['an optional parameter comes', none, parameter({}), C, []],
  ['a parameter goes', parameter({}), none, W, ['parameter-removed']],
  [
    'a deprecated parameter goes after its sunset',
    parameter({ deprecated: true, 'x-sunset': '2026-01-01' }),
    none,
    C,
    [],
  ],
  ['a parameter becomes required', parameter({}), parameter({ required: true }), B, ['parameter-became-required']],
  ['a parameter becomes optional', parameter({ required: true }), parameter({}), C, []],
  ['a parameter moves', parameter({}), parameter({ in: 'header' }), B, ['parameter-moved']],
  [
    'the style of a list is changed',
    parameter({ schema: { type: 'array' } }),
    parameter({ schema: { type: 'array' }, style: 'pipeDelimited', explode: true }),
    B,
    ['parameter-style-changed'],
  ],
  [
    'a list is no longer exploded',
    parameter({ schema: { type: 'array' } }),
    parameter({ schema: { type: 'array' }, explode: false }),
    B,
    ['parameter-explode-changed'],
  ],
  ['explode of a text means nothing', parameter({}), parameter({ explode: false }), C, []],
  [
    'the default style is written',
    parameter({ schema: { type: 'array' } }),
    parameter({ schema: { type: 'array' }, style: 'form', explode: true }),
    C,
    [],
  ],
  [
    'a parameter is narrowed',
    parameter({ schema: { type: 'number' } }),
    parameter({ schema: { type: 'integer' } }),
    B,
    ['request-type-narrowed'],
  ],
  [
    'a parameter is widened',
    parameter({ schema: { type: 'integer' } }),
    parameter({ schema: { type: 'number' } }),
    C,
    [],
  ],
  [
    'a default of a parameter is changed',
    parameter({ schema: { default: 1 } }),
    parameter({ schema: { default: 2 } }),
    B,
    ['parameter-default-changed'],
  ],
  [
    'a header parameter is written in other letters',
    parameter({ in: 'header', name: 'X-A' }),
    parameter({ in: 'header', name: 'x-a' }),
    C,
    [],
  ],
  [
    'a parameter moves to its path',
    withOperation({ parameters: [{ name: 'q', in: 'query' }] }),
    paths({ '/things': { parameters: [{ name: 'q', in: 'query' }], post: { responses: ok } } }),
    C,
    [],
  ],
  [
    'a parameter becomes a reference',
    parameter({}),
    withOperation(
      { parameters: [{ $ref: '#/components/parameters/q' }] },
      { components: { parameters: { q: { name: 'q', in: 'query', schema: { type: 'string' } } } } },
    ),
    C,
    [],
  ],
  ['Accept is described', none, parameter({ name: 'Accept', in: 'header', required: true }), C, []],
  // Bodies.
  ['a required body comes', none, body({ required: true }), B, ['required-request-body-added']],
  ['an optional body comes', none, body({}), C, []],
  ['the body goes', body({}), none, B, ['request-body-removed']],
  ['the body becomes required', body({}), body({ required: true }), B, ['request-body-became-required']],
  ['the body becomes optional', body({ required: true }), body({}), C, []],
  [
    'a content type is no longer taken',
    taking('application/json', 'text/csv'),
    taking('application/json'),
    B,
    ['request-media-type-removed'],
  ],
  ['a content type is taken too', taking('application/json'), taking('application/json', 'text/csv'), C, []],
  ['a content type gets a charset', taking('application/json'), taking('Application/JSON; charset=utf-8'), C, []],
  ['a content type is covered by a range', taking('application/json'), taking('application/*'), C, []],
  [
    'a content type is no longer offered',
    offering('application/json', 'text/csv'),
    offering('application/json'),
    B,
    ['response-media-type-removed'],
  ],
  ['a content type is offered too', offering('application/json'), offering('application/json', 'text/csv'), C, []],
  // Responses.
  ['a success status goes', answering('200', '201'), answering('200'), B, ['success-status-removed']],
  ['a success status comes', answering('200'), answering('200', '202'), C, []],
  ['an error status goes', answering('200', '404'), answering('200'), C, []],
  ['an error status comes', answering('200'), answering('200', '429'), C, []],
  ['default goes', answering('200', 'default'), answering('200'), C, []],
  ['the only answer, default, goes', answering('default'), answering('404'), B, ['success-status-removed']],
  ['a range takes the place of a status', answering('200'), answering('2XX'), C, []],
  ['a status takes the place of a range', answering('2XX'), answering('200'), C, []],
  ['default takes the place of a status', answering('200'), answering('default'), C, []],
  [
    'a required header goes',
    header({ 'X-A': { required: true } }),
    header({}),
    B,
    ['required-response-header-removed'],
  ],
  ['an optional header goes', header({ 'X-A': {} }), header({}), W, ['response-header-removed']],
  [
    'a header becomes optional',
    header({ 'X-A': { required: true } }),
    header({ 'x-a': {} }),
    B,
    ['response-header-became-optional'],
  ],
  ['a header comes', header({}), header({ 'X-A': {} }), C, []],
  [
    'a response becomes a reference',
    answering('200'),
    withOperation(
      { responses: { '200': { $ref: '#/components/responses/R' } } },
      { components: { responses: { R: { description: '' } } } },
    ),
    C,
    [],
  ],
];
