import { createHash } from 'node:crypto';

/** A model as the list of `/api/tags` is made from. */
export interface TaggedModel {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created?: number;
}

/** The reply of `/api/tags`. What only a server of its own weights can know is empty, as clients ask for the members. */
export function writeTags(models: readonly TaggedModel[]): string {
  return JSON.stringify({
    models: models.map(({ id, created = 0 }) => ({
      name: id,
      model: id,
      modified_at: new Date(created * 1000).toISOString(),
      size: 0,
      // Clients show the first twelve characters, and some die of fewer.
      digest: createHash('sha256').update(id).digest('hex'),
      details: {
        parent_model: '',
        format: '',
        family: '',
        families: [],
        parameter_size: '',
        quantization_level: '',
      },
    })),
  });
}
