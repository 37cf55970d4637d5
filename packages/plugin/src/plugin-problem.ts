import { Value } from 'typebox/value';

const STAGES: ReadonlySet<unknown> = new Set(['guard', 'identify', 'admit', 'shape', 'observe']);
const NONE = { type: 'object', properties: {}, additionalProperties: false };

/** A plugin whose shape has been checked; its hooks have not been seen yet. */
export interface SoundPlugin {
  readonly stage: string;
  readonly summary: string;
  /** Of its config: an object that takes nothing that is not named, unless the plugin says otherwise. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly build: (config: unknown, tools: never) => unknown;
}

/** What a module's default export lacks to be a plugin, behind its name: `has no default export, …`. */
export function pluginIn(exported: unknown): SoundPlugin | { readonly wrong: string } {
  if (exported === undefined) return { wrong: 'has no default export, write `export default { stage, build }`' };
  if (!isFields(exported))
    return { wrong: 'has a default export that is no object, write `export default { stage, build }`' };
  const { stage, summary = '', schema, build } = exported;
  if (!STAGES.has(stage) || typeof stage !== 'string') {
    return { wrong: `has no known \`stage\`, write one of ${[...STAGES].join(', ')}` };
  }
  if (typeof build !== 'function') return { wrong: 'has no function `build`' };
  if (typeof summary !== 'string') return { wrong: 'has a `summary` that is no text' };
  const checked = schemaIn(schema);
  if ('wrong' in checked) return checked;
  return {
    stage,
    summary,
    schema: checked.schema,
    build: (config, tools) => Reflect.apply(build, exported, [config, tools]),
  };
}

function schemaIn(schema: unknown): { readonly schema: SoundPlugin['schema'] } | { readonly wrong: string } {
  if (schema === undefined) return { schema: NONE };
  const plain = plainData(schema);
  if (!isFields(plain) || plain['type'] !== 'object') {
    return { wrong: 'has a `schema` that is no JSON Schema of an object, write `{ type: "object", properties: {…} }`' };
  }
  try {
    Value.Check(plain, {});
  } catch (error) {
    return { wrong: `has a \`schema\` that cannot be used: ${error instanceof Error ? error.message : String(error)}` };
  }
  return { schema: { properties: {}, additionalProperties: false, ...plain } };
}

/**
 * A config as its plugin gets it: defaults filled in, checked. The schema is plain JSON, whose defaults TypeBox, which
 * goes by its own kinds, does not fill in.
 */
export function completeConfig(
  schema: SoundPlugin['schema'],
  config: unknown,
): { readonly value: unknown } | { readonly wrong: string } {
  const value = withDefaults(schema, structuredClone(config));
  const [problem] = Value.Errors(schema, value);
  return problem === undefined ? { value } : { wrong: `${problem.instancePath} ${problem.message}` };
}

function withDefaults(schema: unknown, value: unknown): unknown {
  if (!isFields(schema)) return value;
  if (value === undefined)
    return 'default' in schema ? withDefaults(schema, structuredClone(schema['default'])) : value;
  const { properties, items } = schema;
  if (Array.isArray(value)) return value.map((each: unknown) => withDefaults(items, each));
  if (!isFields(value) || !isFields(properties)) return value;
  const filled = Object.entries(properties).map(([name, part]) => {
    return [name, withDefaults(part, Object.hasOwn(value, name) ? value[name] : undefined)] as const;
  });
  return { ...value, ...Object.fromEntries(filled.filter(([, part]) => part !== undefined)) };
}

/** Undefined for what JSON cannot say: functions, cycles, dates. */
function plainData(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
