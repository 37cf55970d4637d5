import { namedOf, textOf, type JsonObject } from '../../document/json-value.ts';
import { daysBetween, earlierField, timeOf, writtenFor, writtenOfApi } from '../lifecycle.ts';
import { Links, linksIn } from '../links.ts';
import { STABILITIES, type Stability } from '../options.ts';
import type { OperationSite, Rule, RuleContext } from '../rule.ts';

function isDeprecated({ node }: { readonly node: JsonObject }): boolean {
  return node['deprecated'] === true;
}

const successor: Rule = {
  id: 'V05',
  severity: 'error',
  axis: 'versioning',
  summary: 'What is deprecated names its sunset (`x-sunset`) and its successor (`x-successor`, or `none`).',
  why: 'Callers have to know until when they must have moved, and where to.',
  bad: 'paths:\n  /users:\n    get: { deprecated: true }\n',
  good: 'paths:\n  /users:\n    get: { deprecated: true, x-sunset: 2027-06-30, x-successor: /people }\n',
  since: '0.1.0',
  hooks: ({ root, report }) => ({
    operation: (operation) => {
      if (!isDeprecated(operation)) return;
      const at = [...operation.path, 'deprecated'];
      const sunset = writtenFor(operation, root, 'x-sunset');
      if (sunset.value === undefined) report('deprecated without a sunset: there is no `x-sunset`', at);
      else if (timeOf(sunset.value) === undefined) {
        report(`\`x-sunset\` is ${JSON.stringify(sunset.value)}, no date such as 2027-06-30`, sunset.path);
      }
      if (isBlank(writtenFor(operation, root, 'x-successor').value)) {
        report('deprecated without a successor: there is no `x-successor`, which may be `none`', at);
      }
    },
  }),
};

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

const grace: Rule = {
  id: 'V06',
  severity: 'error',
  axis: 'versioning',
  summary: 'A sunset leaves the days of grace of its stability, and never moves earlier.',
  why: 'Callers plan by the date that they were told first.',
  bad: 'paths:\n  /users:\n    get: { deprecated: true, x-sunset: 2026-06-10, x-successor: none }\n',
  good: 'paths:\n  /users:\n    get: { deprecated: true, x-sunset: 2027-06-30, x-successor: none }\n',
  since: '0.1.0',
  options: ['graceDays'],
  hooks: (lint) => ({
    operation: (operation) => {
      const { value, path } = writtenFor(operation, lint.root, 'x-sunset');
      const sunset = timeOf(value);
      if (sunset === undefined) return;
      const before = earlierField(operation, lint, 'x-sunset');
      const earlier = timeOf(before);
      if (earlier !== undefined && sunset < earlier) {
        lint.report(`the sunset moved earlier, it was ${textOf(before) ?? ''}`, path);
      } else if (earlier === undefined) checkGrace(lint, { operation, sunset, path });
    },
  }),
};

interface Sunset {
  readonly operation: OperationSite;
  readonly sunset: number;
  readonly path: readonly (string | number)[];
}

/** Where nothing tells when it was deprecated, that is now. */
function checkGrace({ root, options, nowMs, report }: RuleContext, { operation, sunset, path }: Sunset): void {
  const since = DEPRECATED_SINCE.map((field) => timeOf(writtenFor(operation, root, field).value));
  const told = since.find((time) => time !== undefined);
  const from = told ?? nowMs;
  const asked = options.graceDays[stabilityOf(writtenFor(operation, root, 'x-stability-level').value) ?? 'stable'];
  const days = daysBetween(from, sunset);
  if (days < 0) report(told === undefined ? 'the sunset has passed' : 'the sunset is before the deprecation', path);
  else if (days < asked) {
    report(
      `the sunset is ${days} days ${told === undefined ? 'away' : 'after the deprecation'}, less than ${asked}`,
      path,
    );
  }
}

const DEPRECATED_SINCE = ['x-deprecated-at', 'x-deprecated-since', 'x-deprecation', 'x-deprecation-date'];

function stabilityOf(value: unknown): Stability | undefined {
  return STABILITIES.find((level) => level === value);
}

const stability: Rule = {
  id: 'V07',
  severity: 'error',
  axis: 'versioning',
  summary: 'The API, or each of its operations, has an `x-stability-level`, which is never lowered.',
  why: 'It is what callers may rely on, and decides what may be changed without them.',
  bad: 'info: { title: Users }\npaths:\n  /users: { get: {} }\n',
  good: 'info: { title: Users, x-stability-level: beta }\npaths:\n  /users: { get: {} }\n',
  since: '0.1.0',
  hooks: (lint) => {
    const { root, previous, report } = lint;
    const bare: OperationSite[] = [];
    let isGivenSomewhere = false;
    return {
      document: () => {
        const { value, path } = writtenOfApi(root, 'x-stability-level');
        const before = writtenOfApi(previous ?? {}, 'x-stability-level').value;
        if (value !== undefined) checkLevel(lint, { value, before, path });
      },
      operation: (operation) => {
        const { value, path } = writtenFor(operation, root, 'x-stability-level');
        if (value === undefined) bare.push(operation);
        else isGivenSomewhere = true;
        if (operation.node['x-stability-level'] === undefined) return;
        const before = earlierField(operation, lint, 'x-stability-level');
        checkLevel(lint, { value, before, path });
      },
      end: () => {
        if (isGivenSomewhere) {
          for (const { path } of bare) report('the operation has no `x-stability-level`', path);
        } else if (writtenOfApi(root, 'x-stability-level').value === undefined) {
          report(`there is no \`x-stability-level\`: ${STABILITIES.join(', ')}`, ['info']);
        }
      },
    };
  },
};

interface Level {
  readonly value: unknown;
  readonly before: unknown;
  readonly path: readonly (string | number)[];
}

function checkLevel({ report }: RuleContext, { value, before, path }: Level): void {
  const level = stabilityOf(value);
  const earlier = stabilityOf(before);
  if (level === undefined) report(`${JSON.stringify(value)} is none of ${STABILITIES.join(', ')}`, path);
  else if (earlier !== undefined && STABILITIES.indexOf(level) < STABILITIES.indexOf(earlier)) {
    report(`the stability was lowered from ${earlier} to ${level}`, path);
  }
}

const headers: Rule = {
  id: 'V10',
  severity: 'warning',
  axis: 'versioning',
  summary: 'Deprecated operations document the `Deprecation` and `Sunset` headers of their replies.',
  why: 'Programs read replies, not changelogs (RFC 9745, RFC 8594).',
  bad: 'paths:\n  /users:\n    get: { deprecated: true, responses: { "200": {} } }\n',
  good: 'paths:\n  /users:\n    get: { deprecated: true, responses: { "200": { headers: { Deprecation: {}, Sunset: {} } } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    operation: (operation) => {
      if (!isDeprecated(operation) || operation.direction !== 'path') return;
      for (const { status, node } of operation.responses.filter((one) => one.status.startsWith('2'))) {
        const given = new Set(namedOf(node['headers']).map(([name]) => name.toLowerCase()));
        const missing = ['Deprecation', 'Sunset'].filter((name) => !given.has(name.toLowerCase()));
        if (missing.length === 0) continue;
        const names = missing.map((name) => `\`${name}\``).join(' and ');
        report(`the reply of a deprecated operation has no ${names} header`, [...operation.path, 'responses', status]);
      }
    },
  }),
};

const dependencies: Rule = {
  id: 'V11',
  severity: 'warning',
  axis: 'versioning',
  summary: 'Nothing new leads to a deprecated operation.',
  why: 'Whoever follows the link has to move before having arrived.',
  bad: `paths:
  /users:
    get: { operationId: listUsers, deprecated: true }
    post: { responses: { "201": { links: { all: { operationId: listUsers } } } } }
`,
  good: `paths:
  /users:
    get: { operationId: listUsers }
    post: { responses: { "201": { links: { all: { operationId: listUsers } } } } }
`,
  since: '0.1.0',
  hooks: ({ report, resolve, previous }) => {
    const links = new Links(resolve);
    return {
      operation: (operation) => links.add(operation),
      end: () => {
        const before = previous === undefined ? undefined : linksIn(previous);
        for (const { from, to, path } of links.from((operation) => !isDeprecated(operation))) {
          const isOld = before?.has(from, to) === true;
          if (isDeprecated(to) && !isOld) report('the link leads to a deprecated operation', path);
        }
      },
    };
  },
};

export const LIFECYCLE_RULES: readonly Rule[] = [successor, grace, stability, headers, dependencies];
