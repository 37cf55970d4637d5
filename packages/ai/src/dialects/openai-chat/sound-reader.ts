import type { OpaqueBlock } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';

/**
 * The spoken answer. Its fragments are joined, because no other dialect could take them, and it stays this dialect's
 * own: OpenAI wants its id back, and callers its transcript.
 */
export class SoundReader {
  #rest: JsonFields | undefined;
  #data: string[] = [];
  #transcript: string[] = [];

  read(audio: JsonFields | undefined): void {
    if (audio === undefined) return;
    const { data, transcript, ...rest } = audio;
    this.#data.push(asText(data) ?? '');
    this.#transcript.push(asText(transcript) ?? '');
    this.#rest = { ...this.#rest, ...rest };
  }

  block(): OpaqueBlock | undefined {
    if (this.#rest === undefined) return undefined;
    const audio: Record<string, Json> = {
      ...this.#rest,
      data: this.#data.join(''),
      transcript: this.#transcript.join(''),
    };
    return { type: 'opaque', dialect: 'openai-chat', data: { audio } };
  }
}
