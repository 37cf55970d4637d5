import { isUtf8 } from 'node:buffer';
import type { PlanSchema } from '@gatehouse/schema';
import type { MediaPlan } from './plan.ts';
import { formValue } from './form-value.ts';
import { jsonValue } from './json-value.ts';
import { bareType, mediaKind } from './media-type.ts';
import { multipartNames } from './multipart-names.ts';
import type { SchemaSet } from '@gatehouse/schema';
import { mayHold, requiredNamesOf } from '@gatehouse/schema';
import { pointerOf, type Violation } from './violation.ts';

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
      const value = isUtf8(body) ? formValue(body.toString('utf8'), schema, set.schemas) : undefined;
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
  const read = jsonValue(body);
  return 'wrong' in read ? [wrong(read.wrong)] : findings(read.value, schema, set);
}

function findings(value: unknown, schema: PlanSchema, set: SchemaSet): readonly Violation[] {
  return set.findings(schema, value).map(({ path, message }) => ({ in: 'body', path, message }));
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
  const missing = requiredNamesOf(schema, set.schemas).filter((name) => !names.has(name));
  const found = missing.map((name): Violation => ({ in: 'body', path: pointerOf(name), message: 'is missing' }));
  if ([...names].some((name) => !mayHold(name, schema, set.schemas))) {
    found.push(wrong('has a part that is not described'));
  }
  return found;
}
