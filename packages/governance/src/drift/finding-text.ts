import type { FieldShape } from '@gatehouse/kernel';
import type { DriftFinding } from './drift-report.ts';
import { shownWhere } from './where.ts';

const SHAPE_CHARS_MAX = 80;

/** A finding as people say it, without how often: `items[].age of the reply 200 (application/json) is not described: integer`. */
export function findingText({ kind, where, rule, value, shape }: Omit<DriftFinding, 'level'>): string {
  const place = shownWhere(where);
  switch (kind) {
    case 'missing-required':
      return `${place} is required and missing`;
    case 'enum-value':
      return value === undefined
        ? `${place} is none of the listed values`
        : `${place} is \`${value}\`, which is not listed`;
    case 'type':
      return shape === undefined
        ? `${place} cannot be read as it is described`
        : `${place} is ${shape.types.join(' or ')}, which it may not be`;
    case 'constraint':
      return rule === 'json' ? `${place} is no JSON` : `${place} breaks \`${rule ?? ''}\``;
    case 'unknown-field':
      return `${place} ${rule === 'false' ? 'is not described, and others are not allowed' : 'is not described'}${shapeSuffix(shape)}`;
    case 'undeclared-status':
    case 'undeclared-content-type':
    case 'undeclared-parameter':
    case 'undeclared-body':
    default:
      return `${place} is not described${shapeSuffix(shape)}`;
  }
}

function shapeSuffix(shape: FieldShape | undefined): string {
  if (shape === undefined) return '';
  const text = shapeText(shape);
  return `: ${text.length > SHAPE_CHARS_MAX ? `${text.slice(0, SHAPE_CHARS_MAX - 1)}…` : text}`;
}

/** `{ id: integer, tags: string[] }` */
export function shapeText({ types, members, items }: FieldShape): string {
  const said = types.map((type) => {
    if (type === 'array' && items !== undefined) return `${shapeText(items)}[]`;
    if (type !== 'object' || members === undefined) return type;
    const inner = Object.entries(members).map(([name, shape]) => `${name}: ${shapeText(shape)}`);
    return `{ ${inner.join(', ')} }`;
  });
  return said.join(' | ');
}
