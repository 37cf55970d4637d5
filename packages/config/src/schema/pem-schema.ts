import { Type } from 'typebox';

/** Read by `pemText`. */
export const pem = (description: string) =>
  Type.String({ title: 'a file or PEM text', minLength: 1, maxLength: 1_000_000, description });
