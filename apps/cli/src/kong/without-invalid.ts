import { stringify } from 'yaml';
import { compileText } from '../load-config.ts';
import type { Fields } from './kong-values.ts';
import type { LeftOuts } from './left-out.ts';

/** One section of a gatehouse.yaml by its names. */
export type Sections = Readonly<Record<'upstreams' | 'apis' | 'applications', Fields>>;

/** What leads nowhere any more is taken out in the next round. */
const ROUNDS_MAX = 8;
const NOUNS = { upstreams: 'upstream', apis: 'API', applications: 'application' } as const;
const PLACE = /^(upstreams|apis|applications)(?:\.([A-Za-z_][\w-]*)|\[("(?:[^"\\]|\\.)*")\])/;

/**
 * The file with everything left out that the gate would refuse, and told of. An API goes as a whole, so that no call gets
 * by without the rule that could not be said: it gets 404.
 */
export function withoutInvalid(sections: Sections, left: LeftOuts): string {
  let kept = sections;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const yaml = stringify({ gatehouse: 1, ...kept }, { lineWidth: 0, aliasDuplicateObjects: false });
    const result = compileText(yaml, { file: 'imported', env: {} });
    if (!('problems' in result)) return yaml;
    const bad = new Set<string>();
    for (const { path, message } of result.problems) {
      const [, section, plain, quoted] = PLACE.exec(path) ?? [];
      if (!isSection(section)) continue;
      const name = plain ?? String(JSON.parse(quoted ?? '""'));
      bad.add(`${section} ${name}`);
      left.add(`${NOUNS[section]} ${name}`, `left out as a whole, its ${message}`, true);
    }
    if (bad.size === 0) {
      // Such as more than a gate reads: there is no part that could be left out for it.
      for (const { message } of result.problems) left.add('the file', `is not valid as it stands, ${message}`, true);
      return yaml;
    }
    kept = {
      upstreams: without(kept.upstreams, 'upstreams', bad),
      apis: without(kept.apis, 'apis', bad),
      applications: without(kept.applications, 'applications', bad),
    };
  }
  return stringify({ gatehouse: 1, ...kept }, { lineWidth: 0, aliasDuplicateObjects: false });
}

function isSection(name: string | undefined): name is keyof Sections {
  return name !== undefined && Object.hasOwn(NOUNS, name);
}

function without(fields: Fields, section: keyof Sections, bad: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !bad.has(`${section} ${name}`)));
}
