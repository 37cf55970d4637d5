/** What goes wrong with a vendor's answers. */
export type Fault =
  | { readonly status: number; readonly message: string; readonly headers?: Readonly<Record<string, string>> }
  /** After half of a stream, or instead of it. */
  | { readonly kind: 'error-event' | 'error-first'; readonly message: string }
  /** After half of a stream: its body ends, its connection breaks, or nothing more comes. */
  | { readonly kind: 'ends' | 'cut' | 'silent' }
  /** A stream without anything in it. */
  | { readonly kind: 'empty' }
  /** A stream whose pieces keep others waiting. */
  | { readonly kind: 'slow' };
