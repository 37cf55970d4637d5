/** Who speaks: the operator in instructions and tools, the model in its turns, tools in results, callers in the rest. */
export type TextSource = 'operator' | 'model' | 'caller' | 'tool';

export interface TextOrigin {
  readonly source: TextSource;
  /** It is JSON, whatever it begins with. */
  readonly json?: boolean;
  /** What stands in front and tells what the text is, such as the name of a member. */
  readonly context?: string;
  /** It cannot be changed without breaking what it is part of, such as an address. */
  readonly fixed?: boolean;
  /** It names something, as a member of JSON is named, and is nothing that anybody says. */
  readonly label?: boolean;
}

/** Gives the text that takes a text's place; the same one to leave it. */
export type MapText = (text: string, origin: TextOrigin) => string;
