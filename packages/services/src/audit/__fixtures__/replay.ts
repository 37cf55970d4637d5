import type { AuditedChange } from '../audited-change.ts';
import type { PatchOperation } from '../json-patch.ts';

/** RFC 6902, written anew for tests: what the patches of an audit lead to. */
export function replayed(state: unknown, change: AuditedChange): unknown {
  if ('after' in change) return change.after;
  const box = { root: structuredClone(state) };
  for (const operation of change.patch) apply(box, operation);
  return box.root;
}

function apply(box: { root: unknown }, operation: PatchOperation): void {
  const steps = ['root', ...operation.path.split('/').slice(1).map(unescaped)];
  const last = steps.pop() ?? '';
  let holder: unknown = box;
  for (const step of steps) holder = Reflect.get(Object(holder), step);
  const value = 'value' in operation ? structuredClone(operation.value) : undefined;
  if (Array.isArray(holder)) {
    const at = last === '-' ? holder.length : Number(last);
    holder.splice(at, operation.op === 'add' ? 0 : 1, ...(operation.op === 'remove' ? [] : [value]));
    return;
  }
  const target = Object(holder);
  if (operation.op !== 'add' && !Object.hasOwn(target, last)) throw new Error(`there is no ${operation.path}`);
  if (operation.op === 'remove') Reflect.deleteProperty(target, last);
  else Object.defineProperty(target, last, { value, enumerable: true, writable: true, configurable: true });
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
