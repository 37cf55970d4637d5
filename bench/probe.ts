import type { Service } from './service.ts';
import type { Load } from './wrk.ts';

export interface Expected {
  readonly status: number;
  /** Stands in the body. */
  readonly holds?: string;
}

/** One call before anything is measured: a proxy that refuses quickly must not win. */
export async function probe({ name, port }: Service, load: Load, { status, holds = '' }: Expected): Promise<void> {
  const { method = 'GET', headers, body } = load;
  const reply = await fetch(`http://127.0.0.1:${port}${load.paths[0] ?? '/'}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await reply.text();
  if (reply.status !== status || !text.includes(holds))
    throw new Error(`${name} answers ${reply.status} instead of ${status}: ${text.slice(0, 500)}`);
}
