import { childOf, pointerOf, type Pointer } from '../json-pointer.ts';

/** `{user:/id}`, `{user}`: what a call has answered, or a part of it; `{id}` with no such call: a segment of the path. */
export const PLACEHOLDER = /\{([A-Za-z_][\w-]*)(?::((?:\/(?:[^~/{}]|~[01])*)*))?\}/g;

/** A text of the configuration with the places that are filled in for each call. */
export interface TextTemplate {
  readonly pieces: readonly (string | Place)[];
}

export interface Place {
  readonly name: string;
  readonly pointer: Pointer;
  /** With a colon, which only answers have. */
  readonly isAnswer: boolean;
}

export function textTemplate(text: string): TextTemplate {
  const pieces: (string | Place)[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, name = '', pointer] = match;
    pieces.push(text.slice(end, match.index), {
      name,
      pointer: pointerOf(pointer ?? ''),
      isAnswer: pointer !== undefined,
    });
    end = match.index + whole.length;
  }
  return { pieces: [...pieces, text.slice(end)].filter((piece) => piece !== '') };
}

export function placesIn(value: unknown): readonly Place[] {
  if (typeof value === 'string') return textTemplate(value).pieces.filter((piece) => typeof piece !== 'string');
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(placesIn);
}

/** What a name stands for; undefined: nothing. */
export type Facts = (name: string) => unknown;

/** Fills in a whole value: a text that is one place and nothing else becomes what stands there, with its type. */
export function filledValue(value: unknown, facts: Facts): unknown {
  if (typeof value === 'string') return filledText(value, facts);
  if (Array.isArray(value)) return value.map((item: unknown) => filledValue(item, facts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filledValue(member, facts)]));
}

function filledText(text: string, facts: Facts): unknown {
  const { pieces } = textTemplate(text);
  const [only, ...others] = pieces;
  if (only !== undefined && typeof only !== 'string' && others.length === 0) return at(only, facts) ?? null;
  return pieces.map((piece) => (typeof piece === 'string' ? piece : plainText(at(piece, facts)))).join('');
}

export function at({ name, pointer }: Place, facts: Facts): unknown {
  return pointer.reduce<unknown>(childOf, facts(name));
}

/** What may stand inside of a text: lists and objects are their JSON. */
export function plainText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
