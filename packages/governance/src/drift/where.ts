/** Where a finding was made, taken apart; see `ObservedFinding` in the kernel. */
export type Where =
  | { readonly side: 'parameter'; readonly in: string; readonly name: string }
  | { readonly side: 'request'; readonly media: string | undefined; readonly steps: readonly string[] }
  | {
      readonly side: 'reply';
      readonly status: string;
      readonly media: string | undefined;
      readonly steps: readonly string[];
    };

/** Stands for any item, or any member. */
export const ANY = '*';

export function whereOf(text: string): Where {
  const [side = '', ...rest] = text.split(' ');
  if (side === 'request') return { side, ...bodyOf(rest) };
  if (side !== 'reply') return { side: 'parameter', in: side, name: rest.join(' ') };
  const [status = '', ...body] = rest;
  return { side, status, ...bodyOf(body) };
}

function bodyOf([media, ...pointer]: readonly string[]): {
  readonly media: string | undefined;
  readonly steps: readonly string[];
} {
  // Names may hold blanks.
  const steps = pointer.join(' ').split('/').slice(1);
  return { media, steps: steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) };
}

/** The same place with a star for the name that stands last: what is beyond a bound is told together. */
export function withoutName(text: string): string {
  const where = whereOf(text);
  if (where.side === 'parameter') return `${where.in} ${ANY}`;
  if (where.steps.length > 0) return `${text.slice(0, text.lastIndexOf('/'))}/${ANY}`;
  return where.media === undefined ? text : `${text.slice(0, text.lastIndexOf(' '))} */*`;
}

/** As people read it: `items[].email of 200 application/json`. */
export function shownWhere(text: string): string {
  const where = whereOf(text);
  if (where.side === 'parameter') return `${where.in} parameter ${where.name}`;
  const body = where.side === 'request' ? 'the request' : `the reply ${where.status}`;
  const whole = where.media === undefined ? body : `${body} (${where.media})`;
  return where.steps.length === 0 ? whole : `${shownSteps(where.steps)} of ${whole}`;
}

function shownSteps(steps: readonly string[]): string {
  return steps.reduce((shown, step) => (step === ANY ? `${shown}[]` : shown === '' ? step : `${shown}.${step}`), '');
}
