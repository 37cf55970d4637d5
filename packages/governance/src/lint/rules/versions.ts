import { namedOf, objectOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import { compareDocuments } from '../../breaking/compare-documents.ts';
import { isVersionSegment, segmentsOf } from '../path-template.ts';
import type { Rule, RuleContext } from '../rule.ts';

const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-.]+)?$/;
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?(?:[-.](?:preview|alpha|beta|rc)(?:[.-]?\d+)?)?$/;

const scheme: Rule = {
  id: 'V01',
  severity: 'error',
  axis: 'versioning',
  summary: '`info.version` is a semantic version or a date.',
  why: 'Tools and people read from it whether an upgrade is safe.',
  bad: 'info: { title: Users, version: v1 }\n',
  good: 'info: { title: Users, version: 1.4.0 }\n',
  since: '0.1.0',
  options: ['versionScheme'],
  hooks: ({ root, options, report }) => ({
    document: () => {
      const info = objectOf(root['info']);
      const { version } = info;
      const path = version === undefined ? ['info'] : ['info', 'version'];
      const text = textOf(version) ?? '';
      const fits = { semver: SEMVER.test(text), date: DATE.test(text), any: SEMVER.test(text) || DATE.test(text) };
      if (fits[options.versionScheme]) return;
      const asked = { semver: 'such as 1.4.0', date: 'such as 2026-05-01', any: 'such as 1.4.0 or 2026-05-01' };
      const found = version === undefined ? 'there is no version' : `${JSON.stringify(version)} is no version`;
      report(`${found} ${asked[options.versionScheme]}`, path);
    },
  }),
};

interface Locator {
  readonly kind: string;
  readonly version: string;
  readonly path: Path;
}

const locator: Rule = {
  id: 'V02',
  severity: 'error',
  axis: 'versioning',
  summary: 'There is exactly one place where callers name the version.',
  why: 'With two, they may disagree; with none, a second version cannot be served beside the first.',
  bad: 'servers: [{ url: https://api.acme.dev/v1 }]\npaths:\n  /v1/users:\n    get: { parameters: [{ name: api-version, in: query }] }\n',
  good: 'servers: [{ url: https://api.acme.dev/v1 }]\npaths:\n  /users: {}\n',
  since: '0.1.0',
  hooks: (lint) => {
    const found: Locator[] = [];
    return {
      server: ({ node, path }) => void found.push(...inServer(node, path)),
      pathItem: ({ template, templatePath: path, direction }) => {
        if (direction !== 'path') return;
        const segment = segmentsOf(template).find(({ literal }) => isVersionSegment(literal));
        if (segment !== undefined) found.push({ kind: 'paths', version: major(segment.literal), path });
      },
      parameter: ({ node, path }) => {
        const name = textOf(node['name']) ?? '';
        const place = textOf(node['in']) ?? '';
        if (VERSION_PARAMETERS.get(place)?.test(name) !== true) return;
        found.push({ kind: `the ${place} parameter ${name}`, version: '', path });
      },
      mediaType: ({ type, path }) => {
        const version = /[.;]\s*(?:v|version=)(\d+)/.exec(type)?.[1];
        if (version !== undefined) found.push({ kind: 'media types', version: `v${version}`, path });
      },
      end: () => judge(found, lint),
    };
  },
};

/** `version` in a query is mostly the version of a thing. */
const VERSION_PARAMETERS: ReadonlyMap<string, RegExp> = new Map([
  ['query', /^(?:api|accept)[-_]?version$/i],
  ['header', /^(?:x-)?(?:(?:api|accept)[-_]?)?version$/i],
]);

function major(segment: string): string {
  return segment.toLowerCase().replace(/[._].*$/, '');
}

function inServer(server: JsonObject, path: Path): readonly Locator[] {
  const url = textOf(server['url']) ?? '';
  const segment = url
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
    .split('/')
    .find(isVersionSegment);
  if (segment !== undefined) return [{ kind: 'server URLs', version: major(segment), path: [...path, 'url'] }];
  const isVariable = namedOf(server['variables']).some(([name]) => /version/i.test(name) && url.includes(`{${name}}`));
  return isVariable ? [{ kind: 'server URLs', version: '', path: [...path, 'url'] }] : [];
}

function judge(found: readonly Locator[], { root, report }: RuleContext): void {
  const [first] = found;
  if (first === undefined) {
    const hasPaths = namedOf(root['paths']).length > 0;
    if (hasPaths)
      report('callers cannot name a version: no server URL, path, parameter or media type has one', ['info'], 'info');
    return;
  }
  const kinds = new Map(found.map((one) => [one.kind, one]));
  for (const [kind, { path }] of kinds) {
    if (kind !== first.kind) report(`the version is named in ${kind} and also in ${first.kind}`, path);
  }
  const other = found.find(({ kind, version }) => kind === first.kind && version !== first.version);
  if (other !== undefined)
    report(`\`${other.version}\` stands beside \`${first.version}\` in one document`, other.path);
}

const majorOnly: Rule = {
  id: 'V03',
  severity: 'warning',
  axis: 'versioning',
  summary: 'A version in an address is the major version alone.',
  why: 'Minor versions are compatible: an address that names them changes for nothing.',
  bad: 'servers: [{ url: https://api.acme.dev/v1.2 }]\n',
  good: 'servers: [{ url: https://api.acme.dev/v1 }]\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    server: ({ node, path }) => {
      const segment = (textOf(node['url']) ?? '').split('/').find((one) => MINOR.test(one));
      if (segment !== undefined) report(`\`${segment}\` is more than a major version`, [...path, 'url']);
    },
    pathItem: ({ template, templatePath: path, direction }) => {
      const segment = segmentsOf(template).find(({ literal }) => MINOR.test(literal));
      if (segment !== undefined && direction === 'path') {
        report(`\`${segment.literal}\` is more than a major version`, path);
      }
    },
  }),
};

const MINOR = /^v\d+[._]\d|^v?\d+\.\d+(?:\.\d+)?$/i;

const bump: Rule = {
  id: 'V04',
  severity: 'error',
  axis: 'versioning',
  summary: 'A change that breaks callers raises the major version.',
  why: 'Callers upgrade minor versions without a look; that is what a major version is for.',
  earlier: 'info: { title: Users, version: 1.4.0 }\npaths:\n  /users: { get: {} }\n  /teams: { get: {} }\n',
  bad: 'info: { title: Users, version: 1.5.0 }\npaths:\n  /users: { get: {} }\n',
  good: 'info: { title: Users, version: 2.0.0 }\npaths:\n  /users: { get: {} }\n',
  since: '0.1.0',
  hooks: ({ root, previous, report, nowMs }) => ({
    document: () => {
      if (previous === undefined) return;
      const before = versionOf(previous);
      const now = versionOf(root);
      if (!mustNotBreak(before, now)) return;
      const { changes } = compareDocuments(previous, root, { now: nowMs });
      const [first, ...more] = changes.filter(({ level }) => level === 'error');
      if (first === undefined) return;
      const what = `${first.operation} ${first.message}`.trim();
      const others = more.length === 0 ? '' : `, and ${more.length} more`;
      report(`breaks callers of ${before} and is no new major version: ${what}${others}`, ['info', 'version']);
    },
  }),
};

function versionOf(root: JsonObject): string {
  return textOf(objectOf(root['info'])['version']) ?? '';
}

/** Of `1.x` to `1.y` and of a date to itself. `0.x` promises nothing from minor to minor. */
function mustNotBreak(before: string, now: string): boolean {
  if (!SEMVER.test(before) || !SEMVER.test(now)) return before === now;
  const [majorBefore, minorBefore] = before.split('.');
  const [majorNow, minorNow] = now.split('.');
  if (majorBefore !== majorNow) return Number(majorNow) < Number(majorBefore);
  return majorNow !== '0' || minorBefore === minorNow;
}

export const VERSION_RULES: readonly Rule[] = [scheme, locator, majorOnly, bump];
