/** How a demo model behaves; its name says so, so that failure handling can be tried with nothing but a model name. */
export type Behaviour =
  | { readonly kind: 'answer' }
  | { readonly kind: 'slow' }
  | { readonly kind: 'error'; readonly status: number }
  | { readonly kind: 'stream-error' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'stall' };

/** What `GET /v1/models` lists; `demo-error-<status>` stands for any status from 400 to 599. */
export const DEMO_MODELS: readonly string[] = [
  'demo',
  'demo-embedding',
  'demo-slow',
  'demo-error-429',
  'demo-error-500',
  'demo-stream-error',
  'demo-cut',
  'demo-truncate',
  'demo-stall',
];

/** `undefined`: no such model. */
export function behaviourOf(model: string): Behaviour | undefined {
  const status = /^demo-error-([45]\d\d)$/.exec(model)?.[1];
  if (status !== undefined) return { kind: 'error', status: Number(status) };
  switch (model) {
    case 'demo':
    case 'demo-embedding':
      return { kind: 'answer' };
    case 'demo-slow':
      return { kind: 'slow' };
    case 'demo-stream-error':
      return { kind: 'stream-error' };
    case 'demo-cut':
      return { kind: 'cut' };
    case 'demo-truncate':
      return { kind: 'truncate' };
    case 'demo-stall':
      return { kind: 'stall' };
    default:
      return undefined;
  }
}
