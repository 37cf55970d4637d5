import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';

/** Each is looked for from the beginning, so that many take forever. */
const ALIASES_MAX = 1000;

/** A tree, or a sentence that says where there is none. Takes time as the text is long, whatever it is. */
export function yamlTree(text: string): { readonly tree: unknown } | { readonly problem: string } {
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  try {
    // Its own look for keys that are there twice compares each with each.
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: false,
    });
    const [error] = document.errors;
    if (error !== undefined) {
      return { problem: `${at(error.pos[0])}: this is neither YAML nor JSON: ${error.message.slice(0, 300)}` };
    }
    const mistake = mistakeIn(document);
    if (mistake !== undefined) return { problem: `${at(mistake.offset)}: ${mistake.what}` };
    const tree: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return { tree };
  } catch {
    return { problem: 'this is neither YAML nor JSON, or is nested too deeply, or repeats itself by aliases' };
  }
}

interface Mistake {
  readonly offset: number;
  readonly what: string;
}

function mistakeIn(document: Document.Parsed): Mistake | undefined {
  let found: Mistake | undefined;
  let aliases = 0;
  visit(document, {
    Alias: (_, { range }) => {
      if (++aliases <= ALIASES_MAX) return undefined;
      found = { offset: range?.[0] ?? 0, what: `the document repeats itself by more than ${ALIASES_MAX} aliases` };
      return visit.BREAK;
    },
    Map: (_, { items }) => {
      const known = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (known.size < known.add(name).size) continue;
        found = { offset: key.range?.[0] ?? 0, what: `${JSON.stringify(name.slice(0, 100))} is written twice` };
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return found;
}
