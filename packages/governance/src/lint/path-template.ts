/** `/users/{id}:activate` as its parts. */
export interface Segment {
  /** As written: `{id}:activate`. */
  readonly text: string;
  /** Without parameters and without a custom verb: ``, `users`. */
  readonly literal: string;
  readonly parameters: readonly string[];
}

/** A query string or a fragment, which do not belong there, are left out. */
export function segmentsOf(template: string): readonly Segment[] {
  const [path = ''] = template.split(/[?#]/, 1);
  return path
    .split('/')
    .filter((text) => text !== '')
    .map((text) => {
      const parameters = [...text.matchAll(PARAMETER)].map(([, name = '']) => name);
      const literal = text.replace(PARAMETER, '').replace(/:[^:]*$/, '');
      return { text, literal, parameters };
    });
}

/** RFC 6570 would allow an operator in front of the name, and a modifier behind it. */
const PARAMETER = /\{[+#./;?&]?([^{}]*?)(?:\*|:\d+)?\}/g;
/** `v1`, `v1.2`, `v2beta1`; also `1.0`. */
const VERSION = /^(?:v\d+(?:[._]\d+)*(?:(?:alpha|beta|rc)\d*)?|\d+\.\d+(?:\.\d+)*)$/i;

export function isVersionSegment(text: string): boolean {
  return VERSION.test(text);
}

export function parametersOf(template: string): readonly string[] {
  return segmentsOf(template).flatMap(({ parameters }) => parameters);
}
