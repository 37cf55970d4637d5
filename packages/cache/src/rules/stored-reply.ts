export type Field = readonly [string, string];
export type HeaderOf = (name: string) => string | undefined;

/** A reply as it is kept. */
export interface StoredReply {
  readonly status: number;
  /** Names in lower case. */
  readonly fields: readonly Field[];
  readonly body: Buffer;
  /** Wall clock, ms: when the request for it was sent, and when its head came. */
  readonly requestMs: number;
  readonly responseMs: number;
  /** The fields that `Vary` names, with what the request had in them, made comparable. */
  readonly selecting: readonly Field[];
  /** Whose it is; '' for anybody's. */
  readonly partition: string;
}

export function headerOf(fields: readonly Field[]): HeaderOf {
  return (name) => {
    let all: string | undefined;
    for (const [each, value] of fields) if (each === name) all = all === undefined ? value : `${all}, ${value}`;
    return all;
  };
}
