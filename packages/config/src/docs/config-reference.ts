import { configSchema } from '../schema/config-schema.ts';
import { POLICY_LIST_TITLE, type PolicySchema } from '../schema/policy-list.ts';
import { listedValues, viewOf, type SchemaView } from '../source/schema-view.ts';
import { wanted } from '../source/words.ts';

/** docs/reference/gatehouse-yaml.md: every field, its form, its default and what it is for. */
export function configReference(policies: readonly PolicySchema[]): string {
  const root = viewOf(configSchema(policies));
  const sections = sectionsOf(root, '').map(({ path, text }) => (path === '' ? text : `## \`${path}\`\n\n${text}`));
  return `${[INTRODUCTION, ...sections, '## Policies', ...policies.map(policySection)].join('\n\n')}\n`;
}

const INTRODUCTION = `# gatehouse.yaml

<!-- Generated from the schema; edits are lost. -->

Durations are written \`250ms\`, \`10s\`, \`5m\`, \`1h\`, \`1d\`; sizes \`512B\`, \`64KiB\`, \`10MB\`. \`\${NAME}\` in a value reads the environment and is refused when the variable is not set; \`$\${\` stands for the text \`\${\`. A field that has no default and is not optional must be written.`;

function policySection({ name, summary, schema }: PolicySchema): string {
  const [own, ...inside] = sectionsOf(viewOf(schema), name);
  const nested = inside.map(({ path, text }) => `#### \`${path}\`\n\n${text}`);
  return [`### \`${name}\``, summary, ...(own === undefined ? [] : [own.text]), ...nested].join('\n\n');
}

interface Section {
  readonly path: string;
  readonly text: string;
}

/** One section for each map with named fields, those inside it behind it. */
function sectionsOf(schema: SchemaView, path: string): Section[] {
  if (schema.title === POLICY_LIST_TITLE || listedValues(schema) !== undefined) return [];
  const { properties } = schema;
  if (properties !== undefined) {
    const below = path === '' ? '' : `${path}.`;
    const inside = Object.entries(properties).flatMap(([name, child]) => sectionsOf(child, below + name));
    return [{ path, text: describe(schema, properties) }, ...inside];
  }
  return [
    ...(schema.items === undefined ? [] : sectionsOf(schema.items, `${path}[]`)),
    ...Object.values(schema.patternProperties ?? {}).flatMap((value) => sectionsOf(value, `${path}.<name>`)),
    ...(schema.anyOf ?? []).flatMap((branch) => sectionsOf(branch, path)),
  ];
}

function describe(schema: SchemaView, properties: Readonly<Record<string, SchemaView>>): string {
  const required = new Set(schema.required);
  const rows = Object.entries(properties).map(([name, child]) => row(name, child, required.has(name)));
  const table = ['| field | form | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return schema.description === undefined ? table : `${schema.description}\n\n${table}`;
}

function row(name: string, schema: SchemaView, required: boolean): string {
  const absent = required ? '' : 'optional';
  const byDefault = schema.default === undefined ? absent : `\`${JSON.stringify(schema.default)}\``;
  return `| ${[`\`${name}\``, form(schema), byDefault, schema.description ?? ''].map(cell).join(' | ')} |`;
}

function form(schema: SchemaView): string {
  const listed = listedValues(schema);
  if (listed !== undefined) return listed.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.title !== undefined) return wanted(schema);
  if (schema.items !== undefined) return `list of: ${form(schema.items)}`;
  if (schema.patternProperties !== undefined) return 'a map by name';
  if (schema.anyOf !== undefined) return schema.anyOf.map(form).join(' or ');
  return wanted(schema);
}

/** Bars end a cell and line breaks a row. */
function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}
