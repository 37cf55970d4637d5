import { namedOf, objectOf, textOf, type JsonObject } from '../../document/json-value.ts';
import { compareDocuments } from '../../breaking/compare-documents.ts';
import { segmentsOf } from '../path-template.ts';
import type { Rule, RuleContext, Site } from '../rule.ts';
import { inContent, inParameter, inServers, inTemplate, type Locator } from '../version-locators.ts';

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
    // What many operations share is looked at once.
    const seen = new Set<JsonObject>();
    const isNew = ({ node }: Site): boolean => !seen.has(node) && seen.add(node).has(node);
    return {
      document: (site) => void found.push(...inServers(site)),
      pathItem: (site) => {
        if (site.direction === 'path') found.push(...inTemplate(site), ...inServers(site));
      },
      operation: (site) => {
        if (site.direction !== 'path') return;
        found.push(...inServers(site), ...site.parameters.filter(isNew).flatMap(inParameter));
        const bodies = site.requestBody === undefined ? site.responses : [site.requestBody, ...site.responses];
        found.push(...bodies.filter(isNew).flatMap(inContent));
      },
      end: () => judge(found, lint),
    };
  },
};

function judge(found: readonly Locator[], { root, report }: RuleContext): void {
  const [first] = found;
  if (first === undefined) {
    const hasPaths = namedOf(root['paths']).length > 0;
    if (hasPaths)
      report('callers cannot name a version: no server URL, path, parameter or media type has one', ['info'], 'info');
    return;
  }
  const places = new Map(found.map((one) => [one.key, one]));
  for (const [key, { name, path }] of places) {
    if (key !== first.key) report(`the version is named in ${name} and also in ${first.name}`, path);
  }
  const [one, ...others] = found.filter(({ key, version }) => key === first.key && version !== '');
  const other = others.find(({ version }) => version !== one?.version);
  if (one === undefined || other === undefined) return;
  report(`\`${other.version}\` stands beside \`${one.version}\` in one document`, other.path);
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
