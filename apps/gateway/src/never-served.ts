import { FIELD, NEVER_ALLOWED, type HeadProblem, type RequestHead } from '@gatehouse/http';
import type { House } from './house.ts';

/** What no route can allow. */
export function neverServed({ target, fields }: RequestHead, house: House): HeadProblem | undefined {
  if ((target.ambiguity & NEVER_ALLOWED) !== 0) {
    return { code: 'request.ambiguous', detail: 'the path holds an encoding that is never accepted' };
  }
  if (house.isOwnVia(fields.joined(FIELD.via))) {
    return { code: 'request.loop', detail: 'the request has been here before' };
  }
  return undefined;
}
