import { JsonScan } from '../json-scan.ts';
import type { MediaPlan, PlanSchema } from './plan.ts';
import { formValue } from './form-value.ts';
import { bareType, mediaKind } from './media-type.ts';
import { multipartNames } from './multipart-names.ts';
import type { SchemaSet } from './schema-set.ts';
import type { Violation } from './violation.ts';

const DEPTH_MAX = 200;
const scan = new JsonScan({
  depth: DEPTH_MAX,
  keys: Infinity,
  arrayItems: Infinity,
  stringLength: Infinity,
  nameLength: Infinity,
  digits: Infinity,
  // What two readers could take for different things is no body that was checked.
  duplicateKeys: false,
});

/** The description that is meant for a media type: the narrowest. */
export function mediaFor(media: readonly MediaPlan[], contentType: string): MediaPlan | undefined {
  const type = bareType(contentType);
  const range = `${type.split('/', 1)[0] ?? ''}/*`;
  return [type, range, '*/*']
    .map((wanted) => media.find((each) => each.type === wanted))
    .find((each) => each !== undefined);
}

/** Whether somebody must read the body to say whether it fits. */
export function needsBody({ schema }: MediaPlan, contentType: string): boolean {
  return schema !== undefined && schema !== true && mediaKind(contentType) !== 'text';
}

export function bodyViolations(
  body: Buffer,
  contentType: string,
  { media, set }: { readonly media: MediaPlan; readonly set: SchemaSet },
): readonly Violation[] {
  const { schema = true } = media;
  switch (mediaKind(contentType)) {
    case 'json':
      return jsonViolations(body, schema, set);
    case 'form': {
      const value = formValue(body.toString('utf8'), schema, set.schemas);
      return value === undefined ? [wrong('is no form that can be read')] : findings(value, schema, set);
    }
    case 'multipart':
      return multipartViolations(body, contentType, { schema, set });
    case 'text':
    default:
      return [];
  }
}

function jsonViolations(body: Buffer, schema: PlanSchema, set: SchemaSet): readonly Violation[] {
  const problem = scan.scan(body);
  if (problem !== undefined) return [wrong(`${problem.what}, at byte ${problem.at}`)];
  return findings(JSON.parse(body.toString('utf8')), schema, set);
}

function findings(value: unknown, schema: PlanSchema, set: SchemaSet): readonly Violation[] {
  return set.findings(schema, value).map((finding) => ({ in: 'body', ...finding }));
}

function wrong(message: string): Violation {
  return { in: 'body', path: '', message };
}

/** Parts may be files of any size: which of them are there is all that is looked at. */
function multipartViolations(
  body: Buffer,
  contentType: string,
  { schema, set }: { readonly schema: PlanSchema; readonly set: SchemaSet },
): readonly Violation[] {
  const names = multipartNames(body, contentType);
  if (names === undefined) return [wrong('is no multipart form that can be read')];
  if (typeof schema === 'boolean') return [];
  const resolved = schema.$ref === undefined ? schema : (set.schemas[schema.$ref] ?? true);
  if (typeof resolved === 'boolean') return [];
  const missing = (resolved.required ?? []).filter((name) => !names.has(name));
  const found = missing.map((name): Violation => ({ in: 'body', path: `/${name}`, message: 'is missing' }));
  const isClosed = resolved.additionalProperties === false;
  if (isClosed && [...names].some((name) => !Object.hasOwn(resolved.properties ?? {}, name))) {
    found.push(wrong('has a part that is not described'));
  }
  return found;
}
